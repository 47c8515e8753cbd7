#pragma once
#include <optional>

#include "node/node_context.h"
#include "node/segment_pipeline.h"

namespace dunlin {

// The open files and the pipeline of one install. Lives on the heap: its parts refer to each other.
class InstallSession {
 public:
  // `base` is null for full packs; `base_size` comes from the pack's table later.
  InstallSession(SpareSlot spare, std::unique_ptr<File> base, std::unique_ptr<File> pack);

  // True once the first `prefix` bytes of the pack hold its header and its table.
  Result<bool> table_is_there(std::uint64_t prefix);
  // Parses the table and compares it with the signed plan: bad_image says which field differs.
  Result<void> open_table(const UpdatePlan& plan);
  // Where decoding goes on when [0, target_bytes) of the image is in the slot, whichever pack brought it.
  std::uint64_t segment_at(std::uint64_t target_bytes) const;
  // Bytes of the pack that table_is_there() waits for, as far as it knows.
  std::uint64_t head_size() const { return table_end_ == 0 ? pack_header_size : table_end_; }
  // After open_table(), for full packs: makes reuse() when the pack says what its image consists of. `booted`
  // may be null; of each slot at most `size_max` bytes are looked at.
  Result<void> prepare_reuse(std::unique_ptr<File> booted, std::uint64_t size_max);
  // What the slots can lend; null when nothing.
  SlotReuse* reuse() { return reuse_.get(); }
  // Starts decoding; segments before `first_segment` are in the slot.
  void start(std::uint64_t first_segment, const Clock& clock);

  bool has_started() const { return pipeline_.has_value(); }
  SegmentPipeline& pipeline() { return *pipeline_; }
  const PackTable& table() const { return table_; }
  const std::string& slot_name() const { return spare_.name; }
  // SHA-256 of the base as it is in the booted slot now. Blocks for as long as reading it takes.
  Result<Digest> digest_of_base() const;

 private:
  SpareSlot spare_;
  std::unique_ptr<File> base_file_;
  std::unique_ptr<File> pack_file_;
  std::uint64_t table_end_ = 0;  // 0: header not read yet
  PackTable table_;
  std::optional<FileSource> pack_;
  std::optional<FileSource> base_;
  std::unique_ptr<SlotReuse> reuse_;
  std::optional<SegmentPipeline> pipeline_;
};

}  // namespace dunlin
