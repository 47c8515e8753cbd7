#include "tests/firmware/grub_memory.h"

#include "core/base/check.h"
#include "tests/firmware/firmware_words.h"

namespace dunlin {

namespace {

Result<GrubBlock> load_block(Disk& disk, const std::string& path) {
  Result<Bytes> bytes = read_file(disk, path, 4096);
  if (!bytes) return fail(std::move(bytes.error()));
  return parse_grub_block(*bytes);
}

std::vector<std::string> names_in(const GrubBlock& block) {
  std::vector<std::string> names;
  for (const auto& [name, value] : block.variables) names.push_back(name);
  return names;
}

}  // namespace

bool GrubMemory::load(Disk& disk, const std::string& path) {
  Result<GrubBlock> block = load_block(disk, path);
  if (!block) return false;
  for (const auto& [name, value] : block->variables) variables_[name] = value;
  return true;
}

bool GrubMemory::save(Disk& disk, const std::string& path, const std::vector<std::string>& names) {
  Result<GrubBlock> block = load_block(disk, path);
  if (!block) return false;
  for (const std::string& name : names) block->set(name, variables_[name]);
  Result<Bytes> bytes = serialise_grub_block(*block, names_in(*block));
  CHECK(bytes);
  return firmware_overwrite(disk, path, *bytes);
}

}  // namespace dunlin
