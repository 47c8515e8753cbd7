#pragma once
#include <memory>

#include "core/base/asio.h"
#include "core/base/clock.h"
#include "core/content/assembler.h"
#include "node/slot_reuse.h"
#include "node/target_tail.h"

namespace dunlin {

// How far the pipeline is. Only `synced` survives a power cut.
struct PipelineProgress {
  std::uint64_t next_segment = 0;    // written to the slot, perhaps not on the medium yet
  std::uint64_t target_bytes = 0;    // image bytes those segments cover
  std::uint64_t slot_bytes = 0;      // of them, bytes that come from slots: copies, and segments built here
  std::uint64_t flash_written = 0;   // this run
  std::uint64_t flash_compared = 0;  // this run
};

// Decodes segments in order as soon as the pack's verified prefix holds their frame, and writes them to the
// slot. Memory: one segment, its base ranges, one codec and the TargetTail. The work runs on the pool, at
// most one job at a time; everything it refers to outlives it.
class SegmentPipeline {
 public:
  struct Parts {
    const PackTable& table;
    const ByteSource& pack;
    const ByteSource* base;  // null for full packs
    File& slot;
    const Clock& clock;
    SlotReuse* reuse = nullptr;  // null: every segment comes from the pack
  };
  // Starts at `first_segment`; everything before it is in the slot already, and is read back from there when
  // the pack goes on inside opened content or refers to it.
  SegmentPipeline(Parts parts, std::uint64_t first_segment);

  // Blocks. Decodes and writes until a sync is due (32 MiB written or compared, or a second), the prefix ends
  // or the pack does. bad_image says which segment is wrong; device: the slot or the pack cannot be used.
  Result<void> advance(std::uint64_t pack_prefix);
  // Blocks until all that was written is on the medium: then progress() may be stored as a checkpoint.
  Result<void> sync();

  // After advance() failed with bad_image.
  DecodeFault fault() const { return assembler_.fault(); }

  const PipelineProgress& progress() const { return progress_; }
  bool sync_due() const;
  bool has_unsynced() const { return progress_.next_segment != synced_segment_; }
  // True when nothing more can be decoded from this prefix.
  bool is_starved(std::uint64_t pack_prefix) const;
  bool is_done() const { return progress_.next_segment == table_.segments.size(); }

  // True when a segment that should have been built here has to be fetched after all. The pipeline then
  // stands still until its frame is asked for and that has been said by wants_told(): what was known of the
  // pack's prefix did not count on it.
  bool wants_changed() const { return wants_changed_; }
  void wants_told() { wants_changed_ = false; }

 private:
  bool is_local() const { return reuse_ != nullptr && reuse_->is_local(progress_.next_segment); }
  // False when the segment was to be built here and could not be.
  Result<bool> install(const Segment& segment);
  Result<ByteView> build_or_decode();
  Result<void> decode_ahead(std::uint64_t pack_prefix);

  const PackTable& table_;
  const Clock& clock_;
  SlotReuse* reuse_;
  bool wants_changed_ = false;
  TargetTail tail_;
  Assembler assembler_;
  PipelineProgress progress_;
  std::uint64_t synced_segment_ = 0;
  std::uint64_t synced_target_bytes_ = 0;
  SteadyTime unsynced_since_;
};

}  // namespace dunlin
