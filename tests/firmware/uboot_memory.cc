#include "tests/firmware/uboot_memory.h"

#include "core/base/check.h"
#include "tests/firmware/firmware_words.h"

namespace dunlin {

namespace {

Result<UbootCopy> load_copy(Disk& disk, const std::string& path) {
  Result<Bytes> bytes = read_file(disk, path, uboot_environment_size_max);
  if (!bytes) return fail(std::move(bytes.error()));
  return parse_uboot_copy(*bytes);
}

}  // namespace

UbootMemory::UbootMemory(Disk& disk, std::string first, std::string second, std::uint32_t size)
    : disk_(disk), size_(size), save_to_(first) {
  const Result<UbootCopy> one = load_copy(disk, first);
  const Result<UbootCopy> two = load_copy(disk, second);
  if (!one && !two) return;  // the built-in environment
  const bool use_two = !one || (two && newer_uboot_copy(one->flags, two->flags) == 1);
  const UbootCopy& copy = use_two ? *two : *one;
  variables_ = copy.variables;
  flags_ = copy.flags;
  save_to_ = use_two ? std::move(first) : std::move(second);
}

bool UbootMemory::save() {
  Result<Bytes> bytes = serialise_uboot_copy({static_cast<std::uint8_t>(flags_ + 1), variables_}, size_);
  CHECK(bytes);
  return firmware_overwrite(disk_, save_to_, *bytes);
}

}  // namespace dunlin
