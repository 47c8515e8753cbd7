#include "applier/boot/mender_grub_store.h"

#include "core/base/digest.h"
#include "core/base/log.h"

namespace dunlin {

std::string MenderGrubStore::path(int copy, const std::string& file) const {
  return folder_ + "/mender_grubenv" + std::to_string(copy) + "/" + file;
}

Result<GrubBlock> MenderGrubStore::load_block(const std::string& path) {
  Result<Bytes> bytes = load_grub_bytes(disk_, path);
  if (!bytes) return fail(std::move(bytes.error()));
  Result<GrubBlock> block = parse_grub_block(*bytes);
  if (!block) return fail(std::move(block.error()), path);
  return block;
}

Result<void> MenderGrubStore::store_block(const std::string& path, const GrubBlock& block) {
  Result<Bytes> bytes = serialise_grub_block(block, first_);
  if (!bytes) return fail(std::move(bytes.error()));
  return store_grub_bytes(disk_, path, *bytes);
}

Result<GrubBlock> MenderGrubStore::load_good(int copy) {
  Result<GrubBlock> lock = load_block(path(copy, "lock"));
  if (!lock) return fail(std::move(lock.error()));
  const std::string* editing = lock->find("editing");
  if (editing == nullptr || *editing != "0")
    return fail(ErrorKind::device, path(copy, "lock") + " says that a change was not finished");
  return load_block(path(copy, "env"));
}

Result<GrubBlock> MenderGrubStore::load_current() {
  Result<GrubBlock> first = load_good(1);
  if (first) return first;
  Result<GrubBlock> second = load_good(2);
  if (second) return second;
  return fail(ErrorKind::device, "both copies of Mender's GRUB environment are damaged (" +
                                     first.error().message + "; " + second.error().message +
                                     "): make them anew with grub-editenv, editing=0 in both locks");
}

Result<BootVariables> MenderGrubStore::load() {
  Result<GrubBlock> block = load_current();
  if (!block) return fail(std::move(block.error()));
  return BootVariables(block->variables.begin(), block->variables.end());
}

std::string MenderGrubStore::damage() {
  Result<GrubBlock> first = load_good(1);
  Result<GrubBlock> second = load_good(2);
  if (first.has_value() == second.has_value()) return "";
  return first ? second.error().message : first.error().message;
}

Result<void> MenderGrubStore::set_lock(int copy, const char* editing) {
  Result<GrubBlock> lock = load_block(path(copy, "lock"));
  if (!lock) lock = GrubBlock{};
  lock->set("editing", editing);
  return store_block(path(copy, "lock"), *lock);
}

Result<void> MenderGrubStore::store_checksum(int copy) {
  const std::string file = path(copy, "lock.sha256sum");
  Result<FileStatus> status = disk_.status(file);
  if (!status) return fail(std::move(status.error()));
  if (status->kind == FileKind::none) return {};
  Result<Bytes> lock = load_grub_bytes(disk_, path(copy, "lock"));
  if (!lock) return fail(std::move(lock.error()));
  const std::string text = sha256(*lock).hex() + "  lock\n";
  Result<std::string> before = read_text(disk_, file, 4096);
  if (before && *before == text) return {};
  return write_file_atomically(disk_, file, as_bytes(text));
}

Result<void> MenderGrubStore::store_copy(int copy, const GrubBlock& block) {
  Result<GrubBlock> before = load_good(copy);
  if (before && before->variables == block.variables) return {};
  if (!before) log_warning("mending a GRUB environment copy", {{"copy", copy}, {"reason", before.error()}});
  Result<void> locked = set_lock(copy, "1");
  if (!locked) return locked;
  Result<void> written = store_block(path(copy, "env"), block);
  if (!written) return written;
  Result<void> unlocked = set_lock(copy, "0");
  return unlocked ? store_checksum(copy) : unlocked;
}

Result<void> MenderGrubStore::store(const BootVariables& variables) {
  Result<GrubBlock> block = load_current();
  if (!block) return fail(std::move(block.error()));
  // Never both locked: the copy that does not count is made good before the one that does is touched.
  if (!load_good(1)) {
    Result<void> mended = store_copy(1, *block);
    if (!mended) return mended;
  }
  replace_variables(*block, variables);
  for (int copy : {2, 1}) {
    Result<void> stored = store_copy(copy, *block);
    if (!stored) return stored;
  }
  return {};
}

}  // namespace dunlin
