#include "applier/boot/efi_variables.h"

#include <linux/fs.h>
#include <sys/ioctl.h>

namespace dunlin {

namespace {

constexpr const char* global_guid = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
// Kept without power, readable at boot and at run time.
constexpr std::uint32_t boot_variable_attributes = 7;
constexpr std::size_t variable_size_max = 64 * 1024;

// Returns whether the file was immutable before. File systems without that attribute know none.
bool set_immutable(File& file, bool immutable) {
  int flags = 0;
  if (file.descriptor() < 0 || ::ioctl(file.descriptor(), FS_IOC_GETFLAGS, &flags) != 0) return false;
  const bool was = (flags & FS_IMMUTABLE_FL) != 0;
  if (was == immutable) return was;
  flags = immutable ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
  // Refused: the write that follows says why.
  if (::ioctl(file.descriptor(), FS_IOC_SETFLAGS, &flags) != 0) return false;
  return was;
}

Result<bool> make_mutable(Disk& disk, const std::string& path) {
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  return set_immutable(**file, false);
}

}  // namespace

std::string EfivarfsVariables::path(const std::string& name) const {
  return folder_ + "/" + name + "-" + global_guid;
}

Result<bool> EfivarfsVariables::is_there(const std::string& name) {
  Result<FileStatus> status = disk_.status(path(name));
  if (!status) return fail(std::move(status.error()));
  return status->kind != FileKind::none;
}

Result<std::optional<Bytes>> EfivarfsVariables::read(const std::string& name) {
  Result<bool> there = is_there(name);
  if (!there) return fail(std::move(there.error()));
  if (!*there) return std::optional<Bytes>();
  Result<Bytes> bytes = read_file(disk_, path(name), variable_size_max);
  if (!bytes) return fail(std::move(bytes.error()));
  if (bytes->size() < 4) return fail(ErrorKind::device, path(name) + " is no EFI variable");
  return std::optional<Bytes>(Bytes(bytes->begin() + 4, bytes->end()));
}

Result<void> EfivarfsVariables::write(const std::string& name, ByteView data) {
  Result<bool> there = is_there(name);
  if (!there) return fail(std::move(there.error()));
  Result<bool> immutable = *there ? make_mutable(disk_, path(name)) : Result<bool>(false);
  if (!immutable) return fail(std::move(immutable.error()));
  Result<std::unique_ptr<File>> file = disk_.open(path(name), OpenMode::create);
  if (!file) return fail(std::move(file.error()));
  ByteWriter writer;
  writer.u32(boot_variable_attributes);
  writer.bytes(data);
  // One write is one SetVariable(); the firmware has it when the call returns.
  Result<void> written = (*file)->write_at(0, writer.written());
  if (!written) return written;
  // Only in a folder of plain files is an old tail left.
  Result<std::uint64_t> size = (*file)->size();
  if (size && *size > writer.written().size()) {
    Result<void> cut = (*file)->resize(writer.written().size());
    if (!cut) return cut;
  }
  if (*immutable) set_immutable(**file, true);
  return {};
}

Result<void> EfivarfsVariables::remove(const std::string& name) {
  Result<bool> there = is_there(name);
  if (!there) return fail(std::move(there.error()));
  if (!*there) return {};
  Result<bool> immutable = make_mutable(disk_, path(name));
  if (!immutable) return fail(std::move(immutable.error()));
  return disk_.remove(path(name));
}

}  // namespace dunlin
