#include "applier/boot/gpt_table.h"

#include <algorithm>
#include <cstring>

#include "applier/boot/crc32.h"
#include "core/base/check.h"

namespace dunlin {

namespace {

// Offsets in the header (UEFI 2.10, 5.3.2) and in an entry (5.3.3).
constexpr std::size_t header_size_at = 12;
constexpr std::size_t header_crc_at = 16;
constexpr std::size_t own_sector_at = 24;
constexpr std::size_t twin_sector_at = 32;
constexpr std::size_t entries_sector_at = 72;
constexpr std::size_t entry_count_at = 80;
constexpr std::size_t entry_size_at = 84;
constexpr std::size_t entries_crc_at = 88;
constexpr std::size_t header_size_min = 92;
constexpr std::size_t attributes_at = 48;
constexpr std::size_t type_size = 16;
constexpr std::size_t entries_size_max = 1u << 20;

std::uint64_t little_endian(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

void put_little_endian(std::uint8_t* bytes, std::size_t count, std::uint64_t value) {
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint32_t header_checksum(Bytes header, std::size_t size) {
  std::fill_n(header.begin() + header_crc_at, 4, std::uint8_t{0});
  return crc32(ByteView(header).first(size));
}

}  // namespace

std::uint64_t GptCopy::header_u64(std::size_t offset) const {
  return little_endian(header_.data() + offset, 8);
}

std::uint32_t GptCopy::header_u32(std::size_t offset) const {
  return static_cast<std::uint32_t>(little_endian(header_.data() + offset, 4));
}

void GptCopy::put_u64(std::size_t offset, std::uint64_t value) {
  put_little_endian(header_.data() + offset, 8, value);
}

void GptCopy::put_u32(std::size_t offset, std::uint32_t value) {
  put_little_endian(header_.data() + offset, 4, value);
}

Result<GptCopy> GptCopy::read(File& disk, std::uint32_t sector_size, std::uint64_t header_sector) {
  GptCopy copy;
  copy.sector_size_ = sector_size;
  copy.header_.resize(sector_size);
  Result<void> done = read_exactly(disk, header_sector * sector_size, copy.header_);
  if (!done) return fail(std::move(done.error()));
  if (std::memcmp(copy.header_.data(), "EFI PART", 8) != 0)
    return fail(ErrorKind::device, "no partition table header");
  const std::size_t header_size = copy.header_u32(header_size_at);
  if (header_size < header_size_min || header_size > sector_size)
    return fail(ErrorKind::device, "the partition table header has a wrong size");
  if (header_checksum(copy.header_, header_size) != copy.header_u32(header_crc_at))
    return fail(ErrorKind::device, "the checksum of the partition table header does not fit");
  if (copy.header_u64(own_sector_at) != header_sector)
    return fail(ErrorKind::device, "the partition table header belongs to another place");
  const std::uint64_t count = copy.header_u32(entry_count_at);
  const std::uint64_t size = copy.header_u32(entry_size_at);
  if (size < 128 || size % 8 != 0 || count == 0 || count > entries_size_max / size)
    return fail(ErrorKind::device, "the partition table has a wrong number or size of entries");
  if (copy.header_u64(entries_sector_at) > std::uint64_t{1} << 48)
    return fail(ErrorKind::device, "the partition entries lie nowhere");
  copy.entries_.resize(count * size);
  done = read_exactly(disk, copy.header_u64(entries_sector_at) * sector_size, copy.entries_);
  if (!done) return fail(std::move(done.error()));
  if (crc32(copy.entries_) != copy.header_u32(entries_crc_at))
    return fail(ErrorKind::device, "the checksum of the partition entries does not fit");
  return copy;
}

std::uint64_t GptCopy::twin_sector() const {
  return header_u64(twin_sector_at);
}

GptCopy GptCopy::twin() const {
  GptCopy other = *this;
  const std::uint64_t own = header_u64(own_sector_at);
  const std::uint64_t sectors = (entries_.size() + sector_size_ - 1) / sector_size_;
  other.put_u64(own_sector_at, twin_sector());
  other.put_u64(twin_sector_at, own);
  // The first copy lies in front of its entries, the second one behind.
  other.put_u64(entries_sector_at, own == 1 ? twin_sector() - sectors : 2);
  other.seal();
  return other;
}

GptCopy GptCopy::with_entries_of(const GptCopy& other) const {
  GptCopy copy = *this;
  CHECK(copy.entries_.size() == other.entries_.size());
  copy.entries_ = other.entries_;
  copy.seal();
  return copy;
}

void GptCopy::seal() {
  put_u32(entries_crc_at, crc32(entries_));
  put_u32(header_crc_at, header_checksum(header_, header_u32(header_size_at)));
}

const std::uint8_t* GptCopy::entry(std::uint32_t number) const {
  if (number == 0 || number > header_u32(entry_count_at)) return nullptr;
  return entries_.data() + std::size_t{number - 1} * header_u32(entry_size_at);
}

std::uint8_t* GptCopy::entry(std::uint32_t number) {
  return const_cast<std::uint8_t*>(std::as_const(*this).entry(number));
}

bool GptCopy::has(std::uint32_t number) const {
  const std::uint8_t* found = entry(number);
  return found != nullptr &&
         std::any_of(found, found + type_size, [](std::uint8_t byte) { return byte != 0; });
}

GptBootBits GptCopy::bits(std::uint32_t number) const {
  if (!has(number)) return {};
  const std::uint8_t* attributes = entry(number) + attributes_at;
  return {attributes[6] & 15, attributes[6] >> 4, (attributes[7] & 1) != 0};
}

void GptCopy::set_bits(std::uint32_t number, const GptBootBits& bits) {
  CHECK(has(number) && bits.priority >= 0 && bits.priority <= 15 && bits.tries >= 0 && bits.tries <= 15);
  std::uint8_t* attributes = entry(number) + attributes_at;
  attributes[6] = static_cast<std::uint8_t>(bits.tries << 4 | bits.priority);
  attributes[7] = static_cast<std::uint8_t>((attributes[7] & 0xFE) | (bits.successful ? 1 : 0));
  seal();
}

std::vector<std::uint32_t> GptCopy::same_type(std::uint32_t number) const {
  std::vector<std::uint32_t> numbers;
  if (!has(number)) return numbers;
  for (std::uint32_t i = 1; entry(i) != nullptr; ++i)
    if (std::memcmp(entry(i), entry(number), type_size) == 0) numbers.push_back(i);
  return numbers;
}

Result<void> GptCopy::write(File& disk) const {
  Result<void> written = disk.write_at(header_u64(entries_sector_at) * sector_size_, entries_);
  if (!written) return written;
  written = disk.write_at(header_u64(own_sector_at) * sector_size_, header_);
  if (!written) return written;
  return disk.sync();
}

}  // namespace dunlin
