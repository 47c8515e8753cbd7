#include "core/base/kernel_file.h"

namespace dunlin {

Result<std::string> read_kernel_file(Disk& disk, const std::string& path, std::size_t size_max) {
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  Bytes bytes(size_max);
  Result<std::size_t> count = (*file)->read_at(0, bytes);
  if (!count) return fail(std::move(count.error()));
  return std::string(as_text(ByteView(bytes).first(*count)));
}

}  // namespace dunlin
