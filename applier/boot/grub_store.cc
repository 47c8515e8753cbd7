#include "applier/boot/grub_store.h"

#include "applier/boot/medium.h"

namespace dunlin {

Result<Bytes> load_grub_bytes(Disk& disk, const std::string& path) {
  return read_from_medium(disk, path, grub_environment_size);
}

Result<void> store_grub_bytes(Disk& disk, const std::string& path, ByteView bytes) {
  Result<Bytes> before = load_grub_bytes(disk, path);
  if (before && as_text(*before) == as_text(bytes)) return {};
  Result<void> written = overwrite_in_place(disk, path, 0, bytes);
  if (!written) return written;
  Result<Bytes> after = load_grub_bytes(disk, path);
  if (!after) return fail(std::move(after.error()), "reading the GRUB environment block back");
  if (as_text(*after) != as_text(bytes))
    return fail(ErrorKind::device, path + " did not keep what was written");
  return {};
}

void replace_variables(GrubBlock& block, const BootVariables& variables) {
  std::erase_if(block.variables, [&](const auto& known) { return !variables.contains(known.first); });
  for (const auto& [name, value] : variables) block.set(name, value);
}

Result<GrubBlock> GrubStore::load_block() {
  Result<Bytes> bytes = load_grub_bytes(disk_, path_);
  if (!bytes) return fail(std::move(bytes.error()), "reading the GRUB environment block");
  Result<GrubBlock> block = parse_grub_block(*bytes);
  if (!block)
    return fail(std::move(block.error()), "the GRUB environment block " + path_ +
                                              " is damaged (grub-editenv " + path_ +
                                              " create makes a new one)");
  return block;
}

Result<BootVariables> GrubStore::load() {
  Result<GrubBlock> block = load_block();
  if (!block) return fail(std::move(block.error()));
  return BootVariables(block->variables.begin(), block->variables.end());
}

Result<void> GrubStore::store(const BootVariables& variables) {
  Result<GrubBlock> block = load_block();
  if (!block) return fail(std::move(block.error()));
  replace_variables(*block, variables);
  Result<Bytes> bytes = serialise_grub_block(*block, first_);
  if (!bytes) return fail(std::move(bytes.error()));
  return store_grub_bytes(disk_, path_, *bytes);
}

}  // namespace dunlin
