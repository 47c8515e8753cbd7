#pragma once
#include "core/base/byte_range.h"
#include "core/content/chunk_inventory.h"
#include "core/content/pack_table.h"

namespace dunlin {

// Bytes of a local image that are bytes of a segment.
struct LocalCopy {
  LocalImage image = LocalImage::booted;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  bool operator==(const LocalCopy&) const = default;
};

// How each segment of a full pack comes to this device: built from chunks of local images, or fetched. The
// spare slot is written front to back while it is read: a segment takes from it only what lies where nothing
// has been written yet, from its own offset on, or what is target content already, before its own offset.
class ReusePlan {
 public:
  // Everything is fetched.
  explicit ReusePlan(const PackTable& table) : table_(&table), copies_(table.segments.size()) {}
  // Pure. Segments before `first_segment` are in the spare slot already. The inventory's index is the pack's
  // own. The table outlives the plan.
  ReusePlan(const PackTable& table, const ChunkInventory& inventory, std::size_t first_segment);

  bool is_local(std::size_t segment) const { return !copies_[segment].empty(); }
  // In target order, together as long as the segment; empty when it is not local.
  const std::vector<LocalCopy>& copies(std::size_t segment) const { return copies_[segment]; }
  // The local bytes were not what they seemed: this segment is fetched after all.
  void give_up(std::size_t segment) { copies_[segment].clear(); }

  // What to fetch of the pack: its table, and the frames of segments that are neither local nor in the slot.
  // In order, with gaps between them.
  std::vector<ByteRange> wanted() const;
  std::uint64_t wanted_size() const;

  // Target bytes that take a frame to come by, and how many of them this device has.
  std::uint64_t content_size() const;
  std::uint64_t local_size() const;
  // For people: "311.0 of 402.1 MB are on this device".
  std::string sentence() const;

 private:
  const PackTable* table_;
  std::size_t first_segment_ = 0;
  std::vector<std::vector<LocalCopy>> copies_;  // by segment
};

}  // namespace dunlin
