#pragma once
#include <atomic>
#include <functional>
#include <optional>

#include "core/base/clock.h"
#include "core/content/assembler.h"
#include "seeder/segment_sink.h"

namespace dunlin {

struct RestoreSummary {
  std::uint64_t image_size = 0;
  std::uint64_t resumed_bytes = 0;  // found right in the output, not decoded again
  std::uint64_t decoded_bytes = 0;
  std::chrono::milliseconds opened_time{0};  // of the decoding, for segments whose content is closed again
};

// A pack and what it needs. `base` is null for full packs.
struct RestoreSource {
  const PackTable& table;
  const ByteSource& pack;
  const ByteSource* base;
};

// Writes the image of a pack, front to back. What an earlier run left is found by the segments' digests, so
// no record of it is kept anywhere; at most the two segments that were under way are decoded twice. Holds one
// segment besides the assembler. For one thread; another writes.
class ImageRestore {
 public:
  // All outlive the restore.
  ImageRestore(const RestoreSource& source, ImageOutput& output, const Clock& clock)
      : source_(source), output_(output), clock_(clock) {}

  using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;
  // bad_image: the pack or the base is wrong; nothing wrong carries the output's name then. cancelled: as
  // soon as `cancel` turns true; calling again goes on.
  Result<RestoreSummary> run(const Progress& on_progress, const std::atomic<bool>& cancel);

 private:
  // How many segments from the start the output holds; these are in the image's digest afterwards.
  Result<std::size_t> find_present(const std::atomic<bool>& cancel);
  Result<void> write_rest(std::size_t first, const Progress& on_progress, const std::atomic<bool>& cancel);
  Result<void> write_segment(Assembler& assembler, SegmentSink& sink, std::size_t index);

  const RestoreSource& source_;
  ImageOutput& output_;
  std::optional<FileSource> written_;
  const Clock& clock_;
  std::chrono::milliseconds opened_time_{0};
  Sha256 image_digest_;
};

}  // namespace dunlin
