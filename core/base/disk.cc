#include "core/base/disk.h"

#include <filesystem>

namespace dunlin {

Result<void> read_exactly(File& file, std::uint64_t offset, ByteSpan out) {
  Result<std::size_t> count = file.read_at(offset, out);
  if (!count) return fail(std::move(count.error()));
  if (*count != out.size())
    return fail(ErrorKind::device, "file ends at byte " + std::to_string(offset + *count) + ", expected " +
                                       std::to_string(out.size() - *count) + " more");
  return {};
}

Result<Bytes> read_file(Disk& disk, const std::string& path, std::uint64_t size_max) {
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  Result<std::uint64_t> size = (*file)->size();
  if (!size) return fail(std::move(size.error()));
  if (*size > size_max)
    return fail(ErrorKind::device, path + " has " + std::to_string(*size) + " bytes, at most " +
                                       std::to_string(size_max) + " are allowed");
  Bytes bytes(*size);
  Result<void> done = read_exactly(**file, 0, bytes);
  if (!done) return fail(std::move(done.error()), "reading " + path);
  return bytes;
}

Result<std::string> read_text(Disk& disk, const std::string& path, std::uint64_t size_max) {
  Result<Bytes> bytes = read_file(disk, path, size_max);
  if (!bytes) return fail(std::move(bytes.error()));
  return std::string(as_text(*bytes));
}

Result<void> rename_durably(Disk& disk, const std::string& from, const std::string& to) {
  Result<void> renamed = disk.rename(from, to);
  if (!renamed) return renamed;
  Result<std::unique_ptr<File>> file = disk.open(to, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  return (*file)->sync();
}

namespace {

Result<void> write_then_rename(Disk& disk, const std::string& path, ByteView bytes, OpenMode mode) {
  const std::string temporary = path + ".new";
  {
    Result<std::unique_ptr<File>> file = disk.open(temporary, mode);
    if (!file) return fail(std::move(file.error()));
    Result<void> written = (*file)->write_at(0, bytes);
    if (!written) return written;
    Result<void> synced = (*file)->sync();
    if (!synced) return synced;
  }
  Result<void> renamed = rename_durably(disk, temporary, path);
  if (!renamed) return renamed;
  return disk.sync_directory(folder_of(path));
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Result<void> write_file_atomically(Disk& disk, const std::string& path, ByteView bytes) {
  return write_then_rename(disk, path, bytes, OpenMode::replace);
}

Result<void> write_private_file_atomically(Disk& disk, const std::string& path, ByteView bytes) {
  return write_then_rename(disk, path, bytes, OpenMode::replace_private);
}

Result<void> create_durable_directories(Disk& disk, const std::string& path) {
  Result<FileStatus> status = disk.status(path);
  if (!status) return fail(std::move(status.error()));
  if (status->kind == FileKind::directory) return {};
  const std::string parent = folder_of(path);
  if (parent != "." && parent != path) {
    Result<void> above = create_durable_directories(disk, parent);
    if (!above) return above;
  }
  Result<void> made = disk.create_directories(path);
  if (!made) return made;
  return disk.sync_directory(parent);
}

}  // namespace dunlin
