#include "applier/boot_files.h"

namespace dunlin {

namespace {

constexpr std::size_t buffer_size = 256 * 1024;

Result<void> copy_content(File& from, File& to) {
  Bytes buffer(buffer_size);
  std::uint64_t offset = 0;
  while (true) {
    Result<std::size_t> count = from.read_at(offset, buffer);
    if (!count) return fail(std::move(count.error()));
    if (*count == 0) return to.sync();
    Result<void> written = to.write_at(offset, ByteView(buffer).first(*count));
    if (!written) return written;
    offset += *count;
  }
}

Result<void> copy_whole(Disk& disk, File& from, const std::string& temporary) {
  Result<std::unique_ptr<File>> to = disk.open(temporary, OpenMode::replace);
  if (!to) return fail(std::move(to.error()));
  return copy_content(from, **to);
}

Result<void> copy_one(Disk& disk, File& from, const std::string& path) {
  const std::string temporary = path + ".new";
  Result<void> copied = copy_whole(disk, from, temporary);
  if (!copied) {
    // A full boot partition must not stay full of a half file.
    Result<void> removed = disk.remove(temporary);
    return fail(std::move(copied.error()),
                removed ? "copying to " + path : "copying and cleaning up " + path);
  }
  return rename_durably(disk, temporary, path);
}

}  // namespace

std::string boot_file_path(const BootFilesSettings& settings, const std::string& slot, const BootFile& file) {
  return settings.directory + "/" + slot + "-" + file.to;
}

Result<void> copy_boot_files(Disk& disk, const BootFilesSettings& settings, const std::string& slot,
                             RootFiles& root) {
  for (const BootFile& file : settings.files) {
    Result<std::unique_ptr<File>> from = root.open(file.from);
    if (!from) return fail(std::move(from.error()), "boot file " + file.from);
    Result<void> copied = copy_one(disk, **from, boot_file_path(settings, slot, file));
    if (!copied) return copied;
  }
  return disk.sync_directory(settings.directory);
}

}  // namespace dunlin
