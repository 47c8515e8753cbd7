#include "applier/boot/fat_file.h"

namespace dunlin {

Result<void> replace_file_on_fat(Disk& disk, const std::string& path, ByteView bytes) {
  Result<void> written = write_file_atomically(disk, path, bytes);
  if (!written) return written;
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  return (*file)->sync();
}

}  // namespace dunlin
