#include "node/open_bundle.h"

namespace dunlin {

namespace {

// What is normal for a service that may do little, and puzzling for the person who plugged in a stick.
tl::unexpected<Error> with_remedy(Error error) {
  error.kind = ErrorKind::usage;
  if (error.cause == std::errc::permission_denied || error.cause == std::errc::operation_not_permitted)
    error.message +=
        ": the node is an unprivileged user; mount the medium so that everybody may read it (`mount -o "
        "ro,umask=022` for FAT and exFAT), or let everybody read the file and enter its folders";
  if (error.cause == std::errc::no_such_file_or_directory)
    error.message +=
        ": the node sees neither /home nor /root nor /tmp; put the file below /mnt, /media or /srv";
  return fail(std::move(error));
}

tl::unexpected<Error> no_file(const std::string& path) {
  return fail(ErrorKind::usage, path + " is not a file");
}

}  // namespace

Result<OpenedBundle> open_bundle(Disk& disk, const std::string& path) {
  // Asked before it is opened: opening a pipe may never end.
  Result<FileStatus> status = disk.status(path);
  if (!status) return with_remedy(std::move(status.error()));
  const bool is_file = status->kind == FileKind::regular || status->kind == FileKind::block_device;
  if (!is_file && status->kind != FileKind::none) return no_file(path);
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::read);
  if (!file) return with_remedy(std::move(file.error()));
  auto bundle = std::make_shared<OpenBundle>();
  bundle->path = path;
  bundle->file = std::move(*file);
  bundle->source = std::make_unique<FileSource>(*bundle->file, status->size);
  Result<BundleIndex> index = BundleIndex::read(*bundle->source);
  if (!index) return fail(std::move(index.error()), path);
  bundle->index = std::move(*index);
  Result<BundleContents> contents = read_contents(*bundle->source, *bundle->index);
  if (!contents) return fail(std::move(contents.error()), path);
  return OpenedBundle{std::move(bundle), std::move(*contents)};
}

}  // namespace dunlin
