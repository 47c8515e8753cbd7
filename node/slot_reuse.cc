#include "node/slot_reuse.h"

#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr std::uint64_t search_step = 16u << 20;

void search_some(ChunkScan& scan, std::string_view slot) {
  Result<void> found = scan.advance(search_step);
  if (!found) log_warning("a slot is not searched to its end", {{"slot", slot}, {"error", found.error()}});
}

}  // namespace

SlotReuse::SlotReuse(const PackTable& table, ImageIndex index, Slots slots)
    : table_(table),
      index_(std::move(index)),
      booted_file_(std::move(slots.booted)),
      spare_(slots.spare, slots.spare_size),
      inventory_(index_),
      spare_scan_(LocalImage::spare, spare_, inventory_),
      plan_(table) {
  if (booted_file_) {
    booted_.emplace(*booted_file_, slots.booted_size);
    booted_scan_.emplace(LocalImage::booted, *booted_, inventory_);
  }
  builder_.emplace(booted_ ? &*booted_ : nullptr, spare_);
}

void SlotReuse::search_on() {
  if (booted_scan_ && !booted_scan_->is_done()) return search_some(*booted_scan_, "booted");
  if (!spare_scan_.is_done()) search_some(spare_scan_, "spare");
}

std::uint64_t SlotReuse::searched_bytes() const {
  return (booted_scan_ ? booted_scan_->position() : 0) + spare_scan_.position();
}

std::uint64_t SlotReuse::bytes_to_search() const {
  return (booted_scan_ ? booted_scan_->size() : 0) + spare_scan_.size();
}

void SlotReuse::make_plan(std::size_t first_segment) {
  plan_ = ReusePlan(table_, inventory_, first_segment);
}

Result<ByteView> SlotReuse::build(std::size_t segment) {
  Result<ByteView> bytes = builder_->build(table_.segments[segment], plan_.copies(segment));
  if (bytes) return bytes;
  log_warning("a segment is fetched after all",
              {{"segment", std::uint64_t{segment}}, {"error", bytes.error()}});
  plan_.give_up(segment);
  return bytes;
}

}  // namespace dunlin
