#include "core/encode/target_layout.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::size_t grow_part_size = 64u << 10;

// Compares the images in both directions from an offset of each.
class Comparison {
 public:
  Comparison(const ByteSource& target, const ByteSource& base) : target_(target), base_(base) {}

  // How many bytes agree from the two offsets on.
  Result<std::uint64_t> after(std::uint64_t target_offset, std::uint64_t base_offset,
                              std::uint64_t length_max) {
    for (std::uint64_t done = 0; done < length_max;) {
      const std::size_t length = std::min<std::uint64_t>(grow_part_size, length_max - done);
      Result<void> read = read_both(target_offset + done, base_offset + done, length);
      if (!read) return fail(std::move(read.error()));
      const auto agreed = std::ranges::mismatch(part(ours_, length), part(theirs_, length)).in1;
      const auto count = static_cast<std::uint64_t>(agreed - part(ours_, length).begin());
      if (count < length) return done + count;
      done += length;
    }
    return length_max;
  }

  // How many bytes agree before them.
  Result<std::uint64_t> before(std::uint64_t target_offset, std::uint64_t base_offset,
                               std::uint64_t length_max) {
    for (std::uint64_t done = 0; done < length_max;) {
      const std::size_t length = std::min<std::uint64_t>(grow_part_size, length_max - done);
      Result<void> read = read_both(target_offset - done - length, base_offset - done - length, length);
      if (!read) return fail(std::move(read.error()));
      for (std::size_t i = length; i > 0; --i)
        if (ours_[i - 1] != theirs_[i - 1]) return done + (length - i);
      done += length;
    }
    return length_max;
  }

 private:
  static ByteView part(const Bytes& bytes, std::size_t length) { return ByteView(bytes).first(length); }

  Result<void> read_both(std::uint64_t target_offset, std::uint64_t base_offset, std::size_t length) {
    Result<void> read = target_.read(target_offset, ByteSpan(ours_).first(length));
    if (!read) return read;
    return base_.read(base_offset, ByteSpan(theirs_).first(length));
  }

  const ByteSource& target_;
  const ByteSource& base_;
  Bytes ours_ = Bytes(grow_part_size);
  Bytes theirs_ = Bytes(grow_part_size);
};

std::uint64_t end_of(const ImageCopy& copy) {
  return copy.target + copy.length;
}

bool continues(const ImageCopy& first, const ImageCopy& second) {
  return end_of(first) == second.target && first.base + first.length == second.base;
}

// Collects runs; neighbours that are alike become one.
class LayoutBuilder {
 public:
  void add(LayoutRun run) {
    if (run.begin.plain == run.end.plain) return;
    if (!runs_.empty() && joins(runs_.back(), run))
      runs_.back().end = run.end;
    else
      runs_.push_back(run);
  }
  std::vector<LayoutRun> take() { return std::move(runs_); }

 private:
  static bool joins(const LayoutRun& before, const LayoutRun& after) {
    if (before.is_opened || after.is_opened || before.is_zero != after.is_zero) return false;
    if (before.base.has_value() != after.base.has_value()) return false;
    return !before.base || *before.base + before.plain_length() == *after.base;
  }

  std::vector<LayoutRun> runs_;
};

// A run of raw image bytes, cut where copies begin and end. What lies unchanged at its own place stays that.
class CopyOverlay {
 public:
  explicit CopyOverlay(const std::vector<ImageCopy>& copies) : next_(copies.begin()), end_(copies.end()) {}

  void add(LayoutRun run, LayoutBuilder& runs) {
    while (run.begin.packed < run.end.packed) {
      while (next_ != end_ && end_of(*next_) <= run.begin.packed) ++next_;
      const bool is_inside = next_ != end_ && next_->target <= run.begin.packed;
      std::uint64_t until = run.end.packed;
      if (next_ != end_) until = std::min(until, is_inside ? end_of(*next_) : next_->target);
      const std::uint64_t length = until - run.begin.packed;
      LayoutRun part = run;
      part.end = {run.begin.packed + length, run.begin.plain + length};
      if (is_inside && !part.base) part.base = next_->base + (part.begin.packed - next_->target);
      runs.add(part);
      run.begin = part.end;
      if (run.base) *run.base += length;
    }
  }

 private:
  std::vector<ImageCopy>::const_iterator next_;
  std::vector<ImageCopy>::const_iterator end_;
};

// The scan's runs with the stretches of opened content between them.
class ScanWalk {
 public:
  explicit ScanWalk(const std::vector<BlockRun>& scan) : next_(scan.begin()), end_(scan.end()) {}

  // Hands out raw runs up to the image offset `until`; `to_plain` is added to image offsets, modulo 2^64.
  void raw_until(std::uint64_t until, std::uint64_t to_plain, CopyOverlay& overlay, LayoutBuilder& runs) {
    while (at_ < until) {
      const std::uint64_t end = std::min(until, begin_ + next_->length);
      LayoutRun run{{at_, at_ + to_plain}, {end, end + to_plain}, false, next_->zero, std::nullopt};
      if (next_->same) run.base = at_;
      overlay.add(run, runs);
      move_to(end);
    }
  }
  void move_to(std::uint64_t offset) {
    at_ = offset;
    while (next_ != end_ && begin_ + next_->length <= offset) begin_ += (next_++)->length;
  }
  std::uint64_t image_end() const {
    std::uint64_t end = begin_;
    for (auto run = next_; run != end_; ++run) end += run->length;
    return end;
  }

 private:
  std::vector<BlockRun>::const_iterator next_;
  std::vector<BlockRun>::const_iterator end_;
  std::uint64_t begin_ = 0;  // of next_
  std::uint64_t at_ = 0;
};

}  // namespace

Result<std::vector<ImageCopy>> grow_copies(std::vector<ImageCopy> copies, const ByteSource& target,
                                           const ByteSource& base) {
  std::vector<ImageCopy> grown;
  Comparison comparison(target, base);
  for (std::size_t i = 0; i < copies.size(); ++i) {
    ImageCopy copy = copies[i];
    const std::uint64_t floor = grown.empty() ? 0 : end_of(grown.back());
    const std::uint64_t ceiling = i + 1 < copies.size() ? copies[i + 1].target : target.size();
    Result<std::uint64_t> before =
        comparison.before(copy.target, copy.base, std::min(copy.target - floor, copy.base));
    if (!before) return fail(std::move(before.error()), "comparing the images");
    copy = {copy.target - *before, copy.length + *before, copy.base - *before};
    Result<std::uint64_t> after =
        comparison.after(end_of(copy), copy.base + copy.length,
                         std::min(ceiling - end_of(copy), base.size() - copy.base - copy.length));
    if (!after) return fail(std::move(after.error()), "comparing the images");
    copy.length += *after;
    if (!grown.empty() && continues(grown.back(), copy))
      grown.back().length += copy.length;
    else
      grown.push_back(copy);
  }
  return grown;
}

std::vector<LayoutRun> lay_out_target(const std::vector<BlockRun>& scan, const std::vector<ImageCopy>& copies,
                                      const MapOutline& outline) {
  LayoutBuilder runs;
  CopyOverlay overlay(copies);
  ScanWalk walk(scan);
  std::uint64_t to_plain = 0;
  for (const MapOutline::Stretch& stretch : outline.stretches()) {
    walk.raw_until(stretch.begin.packed, to_plain, overlay, runs);
    runs.add({stretch.begin, stretch.end, true, false, std::nullopt});
    walk.move_to(stretch.end.packed);
    to_plain = stretch.end.plain - stretch.end.packed;
  }
  walk.raw_until(walk.image_end(), to_plain, overlay, runs);
  return runs.take();
}

}  // namespace dunlin
