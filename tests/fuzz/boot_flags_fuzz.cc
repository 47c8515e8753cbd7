// Any bytes as what a boot loader keeps. The first byte says whose; checksums are made to fit, or nothing
// behind them would ever be read. What a parser takes, its writer gives back.
#include <algorithm>

#include "applier/boot/android_boot_control.h"
#include "applier/boot/autoboot_text.h"
#include "applier/boot/balena_store.h"
#include "applier/boot/boot_entry.h"
#include "applier/boot/crc32.h"
#include "applier/boot/fw_env_config.h"
#include "applier/boot/gpt_table.h"
#include "applier/boot/grub_environment.h"
#include "applier/boot/uboot_environment.h"
#include "core/base/check.h"

namespace {

using namespace dunlin;

class BytesFile final : public File {
 public:
  explicit BytesFile(const Bytes& bytes) : bytes_(bytes) {}
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan out) override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t count = std::min<std::uint64_t>(out.size(), bytes_.size() - offset);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
    return count;
  }
  Result<void> write_at(std::uint64_t, ByteView) override { return {}; }
  Result<void> sync() override { return {}; }
  Result<std::uint64_t> size() override { return std::uint64_t{bytes_.size()}; }
  Result<void> resize(std::uint64_t) override { return {}; }
  Result<void> drop_cache() override { return {}; }
  int descriptor() const override { return -1; }

 private:
  const Bytes& bytes_;
};

void put_u32(Bytes& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i)
    bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint32_t get_u32(const Bytes& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

void try_uboot(Bytes bytes, UbootLayout layout) {
  const std::size_t header = layout == UbootLayout::redundant ? 5 : 4;
  if (bytes.size() > header) put_u32(bytes, 0, crc32(ByteView(bytes).subspan(header)));
  Result<UbootCopy> copy = parse_uboot_copy(bytes, layout);
  if (!copy) return;
  // An environment filled to its last byte has no room for the empty string behind it: it is not written.
  Result<Bytes> written = serialise_uboot_copy(*copy, static_cast<std::uint32_t>(bytes.size()), layout);
  if (written) CHECK(parse_uboot_copy(*written, layout).has_value());
}

void try_grub(Bytes bytes) {
  bytes.resize(grub_environment_size, '#');
  Result<GrubBlock> block = parse_grub_block(bytes);
  if (!block) return;
  Result<Bytes> written = serialise_grub_block(*block, {});
  if (written) CHECK(parse_grub_block(*written)->variables == block->variables);
}

void try_android(Bytes bytes) {
  bytes.resize(android_control_size);
  put_u32(bytes, 28, crc32(ByteView(bytes).first(28)));
  Result<AndroidControl> control = AndroidControl::parse(bytes);
  if (!control) return;
  for (std::size_t i = 0; i < 4; ++i) control->set_slot(i, control->slot(i));
  CHECK(control->bytes() == bytes);
}

void try_gpt(Bytes bytes) {
  if (bytes.size() < 1536) return;
  const std::uint64_t size = std::uint64_t{get_u32(bytes, 512 + 80)} * get_u32(bytes, 512 + 84);
  const std::uint64_t at = std::uint64_t{get_u32(bytes, 512 + 72)} * 512;
  if (at < bytes.size() && size <= bytes.size() - at)
    put_u32(bytes, 512 + 88, crc32(ByteView(bytes).subspan(at, size)));
  const std::uint32_t header_size = get_u32(bytes, 512 + 12);
  if (header_size >= 92 && header_size <= 512) {
    put_u32(bytes, 512 + 16, 0);
    put_u32(bytes, 512 + 16, crc32(ByteView(bytes).subspan(512, header_size)));
  }
  BytesFile file(bytes);
  Result<GptCopy> copy = GptCopy::read(file, 512, 1);
  if (!copy) return;
  for (std::uint32_t number : {0u, 1u, 2u, 200u, 0xFFFFFFFFu}) {
    if (!copy->has(number)) continue;
    copy->set_bits(number, {3, 2, true});
    CHECK((copy->bits(number) == GptBootBits{3, 2, true}) && !copy->same_type(number).empty());
  }
}

void try_texts(std::string_view text) {
  if (Result<AutobootText> autoboot = parse_autoboot(text))
    CHECK(parse_autoboot(to_text(*autoboot))->try_partition == autoboot->try_partition);
  if (const std::optional<BootEntryName> name = parse_boot_entry_name(text)) {
    const std::optional<BootEntryName> again = parse_boot_entry_name(to_text(*name));
    CHECK(again && again->left == name->left && again->done == name->done);
  }
  const std::string changed = with_entry_value(text, "version", "7");
  CHECK(entry_value(changed, "version") == "7");
  const Result<BootVariables> variables = parse_text_environment(text);
  const Result<FwEnvConfig> config = parse_fw_env_config(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes bytes(data + 1, data + size);
  switch (data[0] % 6) {
    case 0:
      try_uboot(bytes, UbootLayout::redundant);
      break;
    case 1:
      try_uboot(bytes, UbootLayout::single);
      break;
    case 2:
      try_grub(bytes);
      break;
    case 3:
      try_android(bytes);
      break;
    case 4:
      try_gpt(bytes);
      break;
    default:
      try_texts(as_text(bytes));
  }
  return 0;
}
