#pragma once
#include "core/base/disk.h"

namespace dunlin {

// A partition's attribute bits of ChromeOS, CoreOS and Flatcar: 48-51, 52-55, 56.
struct GptBootBits {
  int priority = 0;  // 0 to 15; 0: never booted
  int tries = 0;     // 0 to 15
  bool successful = false;
  bool operator==(const GptBootBits&) const = default;
};

// One of the two copies of a GUID partition table: header and entries, checksums good.
class GptCopy {
 public:
  // Total. Fails (device) unless header, position and both checksums fit.
  static Result<GptCopy> read(File& disk, std::uint32_t sector_size, std::uint64_t header_sector);

  // The other copy of the same table, at its usual place: what mends a damaged one.
  GptCopy twin() const;
  // The same entries at this copy's own place.
  GptCopy with_entries_of(const GptCopy& other) const;

  // The two say the same, each at its place.
  bool has_entries_of(const GptCopy& other) const { return entries_ == other.entries_; }

  // Partitions are counted from 1, as everywhere. Nothing at `number`: false, zeros.
  bool has(std::uint32_t number) const;
  GptBootBits bits(std::uint32_t number) const;
  // Both checksums are made anew. `number` must be there.
  void set_bits(std::uint32_t number, const GptBootBits& bits);
  // Numbers of all partitions with the type of this one, itself too.
  std::vector<std::uint32_t> same_type(std::uint32_t number) const;

  std::uint64_t twin_sector() const;
  // Header and entries, synced. A power cut leaves a copy whose checksums do not fit.
  Result<void> write(File& disk) const;
  bool operator==(const GptCopy&) const = default;

 private:
  std::uint8_t* entry(std::uint32_t number);
  const std::uint8_t* entry(std::uint32_t number) const;
  std::uint64_t header_u64(std::size_t offset) const;
  std::uint32_t header_u32(std::size_t offset) const;
  void put_u64(std::size_t offset, std::uint64_t value);
  void put_u32(std::size_t offset, std::uint32_t value);
  void seal();

  std::uint32_t sector_size_ = 0;
  Bytes header_;  // one sector
  Bytes entries_;
};

}  // namespace dunlin
