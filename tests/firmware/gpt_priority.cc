#include "tests/firmware/gpt_priority.h"

#include "applier/boot/crc32.h"
#include "applier/boot/gpt_table.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string gpt_disk = "/dev/disk";
constexpr std::uint32_t gpt_sector = 512;
constexpr std::uint64_t gpt_last_sector = 127;
constexpr std::uint32_t gpt_entry_count = 128;

class GptPriority final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    auto file = disk.open(gpt_disk, OpenMode::read_write);
    if (!file) return "";
    Result<GptCopy> first = GptCopy::read(**file, gpt_sector, 1);
    Result<GptCopy> second = GptCopy::read(**file, gpt_sector, gpt_last_sector);
    if (!first && !second) return "";
    GptCopy table = first ? *first : *second;
    const std::uint32_t number = choose(table);
    if (number == 0) return "";
    GptBootBits bits = table.bits(number);
    if (bits.tries > 0) {
      --bits.tries;
      table.set_bits(number, bits);
      // Both, before anything is started.
      const GptCopy twin = table.twin();
      if (!(first ? table : twin).write(**file) || !(first ? twin : table).write(**file)) return "";
    }
    return number == 2 ? "a" : "b";
  }

 private:
  static std::uint32_t choose(const GptCopy& table) {
    std::uint32_t best = 0;
    for (std::uint32_t number : table.same_type(2)) {
      const GptBootBits bits = table.bits(number);
      if (bits.tries == 0 && !bits.successful) continue;
      if (bits.priority > (best == 0 ? 0 : table.bits(best).priority)) best = number;
    }
    return best;
  }
};

Bytes made_entries() {
  Bytes entries(std::size_t{gpt_entry_count} * 128);
  for (std::size_t number : {1, 2, 3}) {
    // Partition 1 is of another kind, and a priority there means nothing.
    std::uint8_t* entry = entries.data() + (number - 1) * 128;
    std::fill_n(entry, 16, static_cast<std::uint8_t>(number == 1 ? 0x11 : 0x5D));
    std::fill_n(entry + 16, 16, static_cast<std::uint8_t>(number));
    entry[32] = entry[40] = static_cast<std::uint8_t>(40 + number);
    entry[54] = static_cast<std::uint8_t>(number == 1 ? 15 : 4 - number);
    entry[55] = 1;
  }
  return entries;
}

Bytes made_header(const Bytes& entries) {
  ByteWriter writer;
  writer.bytes(as_bytes("EFI PART"));
  for (std::uint32_t value : {0x10000u, 92u, 0u, 0u}) writer.u32(value);
  for (std::uint64_t value : {std::uint64_t{1}, gpt_last_sector, std::uint64_t{34}, std::uint64_t{94}})
    writer.u64(value);
  writer.bytes(Bytes(16, 0xD1));
  writer.u64(2);
  for (std::uint32_t value : {gpt_entry_count, 128u, crc32(entries)}) writer.u32(value);
  Bytes header = writer.take();
  ByteWriter checksum;
  checksum.u32(crc32(header));
  std::copy(checksum.written().begin(), checksum.written().end(), header.begin() + 16);
  header.resize(gpt_sector);
  return header;
}

void flash_table(FakeDisk& disk) {
  disk.add_block_device(gpt_disk, (gpt_last_sector + 1) * gpt_sector);
  auto file = disk.open(gpt_disk, OpenMode::read_write);
  const Bytes entries = made_entries();
  const bool first = (*file)->write_at(std::uint64_t{2} * gpt_sector, entries) &&
                     (*file)->write_at(gpt_sector, made_header(entries));
  Result<GptCopy> copy = GptCopy::read(**file, gpt_sector, 1);
  if (!first || !copy || !copy->twin().write(**file)) std::abort();
  disk.sync_all();
}

}  // namespace

BootWorld gpt_priority_world() {
  return {"gpt", flash_table,
          [](Disk& disk) {
            BootSettings settings{BootBackend::gpt, BootSchemeName::rauc, {{"a", "2"}, {"b", "3"}}};
            settings.path = gpt_disk;
            return world_control(disk, settings);
          },
          [] { return std::make_unique<GptPriority>(); }};
}

}  // namespace dunlin
