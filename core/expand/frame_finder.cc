#include "core/expand/frame_finder.h"

#include "core/expand/frame_measure.h"
#include "core/expand/parallel.h"

namespace dunlin {

namespace {

constexpr std::size_t scan_size = 1u << 20;
constexpr std::uint64_t budget_min = std::uint64_t{256} << 20;
constexpr std::uint64_t attempt_cost = 32u << 10;  // about what making a decoder costs

// Walks over the ranges of one space.
class FrameScan {
 public:
  FrameScan(const ByteSource& space, std::uint64_t budget, const FindOptions& options)
      : space_(space), budget_{budget}, options_(options), buffer_(scan_size + frame_magic_max - 1) {}

  Result<void> scan(const ByteRange& range) {
    at_ = std::max(at_, range.offset);
    while (at_ < range.end()) {
      if (is_cancelled(options_)) return stopped_finding();
      Result<void> stepped = step(range.end());
      if (!stepped) return stepped;
    }
    return {};
  }

  std::vector<FoundRun> take() { return std::move(found_); }

 private:
  // Reads one buffer and goes on behind it, or behind the frame that was found in it.
  Result<void> step(std::uint64_t end) {
    const std::uint64_t limit = std::min(space_.size(), end + frame_magic_max - 1);
    const ByteSpan window = ByteSpan(buffer_).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), limit - at_)));
    Result<void> read = space_.read(at_, window);
    if (!read) return read;
    const std::uint64_t begin = at_;
    const std::size_t places = static_cast<std::size_t>(std::min<std::uint64_t>(scan_size, end - begin));
    at_ += places;
    if (all_zero(window)) return {};  // most of a sparse image, and five times faster to know
    for (std::size_t place = next_magic(window, 0); place < places; place = next_magic(window, place + 1)) {
      if (budget_.left < attempt_cost) return {};
      budget_.left -= attempt_cost;
      Result<std::optional<FoundRun>> found = measure_frame(
          space_, begin + place, *format_at(window.subspan(place)), found_frame_plain_max, budget_);
      if (!found) return fail(std::move(found.error()));
      if (!*found || (*found)->packed_length < found_frame_min) continue;
      found_.push_back(**found);
      at_ = (*found)->packed_begin + (*found)->packed_length;
      return {};
    }
    return {};
  }

  const ByteSource& space_;
  DecodeBudget budget_;
  const FindOptions& options_;
  Bytes buffer_;
  std::uint64_t at_ = 0;
  std::vector<FoundRun> found_;
};

}  // namespace

Result<std::vector<FoundRun>> find_frames(const ByteSource& space, const std::vector<ByteRange>& ranges,
                                          const FindOptions& options) {
  std::uint64_t total = 0;
  for (const ByteRange& range : ranges) total += range.length;
  FrameScan scan(space, budget_min + found_decode_share * total, options);
  for (const ByteRange& range : ranges) {
    Result<void> scanned = scan.scan(range);
    if (!scanned) return fail(std::move(scanned.error()));
  }
  return scan.take();
}

}  // namespace dunlin
