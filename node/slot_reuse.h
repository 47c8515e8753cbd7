#pragma once
#include <optional>

#include "core/content/chunk_scan.h"
#include "core/content/reuse_plan.h"
#include "core/content/segment_builder.h"

namespace dunlin {

// What the slots of this device lend to a full pack: finds it, plans with it, builds segments of it. Lives on
// the heap: its parts refer to each other. One thread at a time.
class SlotReuse {
 public:
  struct Slots {
    std::unique_ptr<File> booted;  // null: it cannot be read
    std::uint64_t booted_size = 0;
    File& spare;
    std::uint64_t spare_size = 0;
  };
  // The index is the pack's own. Table and spare slot outlive this.
  SlotReuse(const PackTable& table, ImageIndex index, Slots slots);

  // Blocks: reads and hashes about 16 MiB of the slots. Where a slot cannot be read its search ends: that
  // costs only bytes to fetch. Nothing may write to the spare slot until all is searched.
  void search_on();
  bool is_searched() const { return (!booted_scan_ || booted_scan_->is_done()) && spare_scan_.is_done(); }
  std::uint64_t searched_bytes() const;
  std::uint64_t bytes_to_search() const;

  // After the search: plans for the segments from `first_segment` on, which is the next to be written.
  void make_plan(std::size_t first_segment);
  const ReusePlan& plan() const { return plan_; }

  bool is_local(std::size_t segment) const { return plan_.is_local(segment); }
  // All segments before it are written. The bytes stay valid until the next call; on failure the segment is
  // fetched from then on, and the plan wants more of the pack.
  Result<ByteView> build(std::size_t segment);

 private:
  const PackTable& table_;
  ImageIndex index_;
  std::unique_ptr<File> booted_file_;
  std::optional<FileSource> booted_;
  FileSource spare_;
  ChunkInventory inventory_;
  std::optional<ChunkScan> booted_scan_;
  ChunkScan spare_scan_;
  ReusePlan plan_;
  std::optional<SegmentBuilder> builder_;
};

}  // namespace dunlin
