#include "applier/boot/medium.h"

namespace dunlin {

Result<std::unique_ptr<File>> open_on_medium(Disk& disk, const std::string& path) {
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read);
  if (!file) return file;
  Result<void> dropped = (*file)->drop_cache();
  if (!dropped) return fail(std::move(dropped.error()));
  return file;
}

Result<Bytes> read_from_medium(Disk& disk, const std::string& path, std::size_t size_max) {
  Result<std::unique_ptr<File>> file = open_on_medium(disk, path);
  if (!file) return fail(std::move(file.error()));
  Bytes bytes(size_max + 1);
  Result<std::size_t> count = (*file)->read_at(0, bytes);
  if (!count) return fail(std::move(count.error()));
  bytes.resize(*count);
  return bytes;
}

Result<void> overwrite_in_place(Disk& disk, const std::string& path, std::uint64_t offset, ByteView bytes) {
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read_write);
  if (!file) return fail(std::move(file.error()));
  Result<void> written = (*file)->write_at(offset, bytes);
  if (!written) return written;
  return (*file)->sync();
}

Result<void> replace_text(Disk& disk, const std::string& path, std::string_view before,
                          std::string_view after) {
  if (before.size() == after.size()) return overwrite_in_place(disk, path, 0, as_bytes(after));
  return write_file_atomically(disk, path, as_bytes(after));
}

}  // namespace dunlin
