#include "swarm/file_block_store.h"

#include <cstring>

#include "core/base/check.h"

namespace dunlin {

namespace {

Result<void> check_room(Disk& disk, const std::string& path, std::uint64_t missing) {
  Result<DiskSpace> space = disk.space(folder_of(path));
  if (!space) return fail(std::move(space.error()));
  if (space->free >= missing) return {};
  return fail(ErrorKind::device, std::make_error_code(std::errc::no_space_on_device),
              path + " needs " + std::to_string(missing) + " more bytes but " + std::to_string(space->free) +
                  " are free: make room and try again");
}

}  // namespace

Result<std::unique_ptr<FileBlockStore>> FileBlockStore::open(Disk& disk, const std::string& path,
                                                             std::uint64_t size, Access access) {
  const bool writable = access == Access::read_write;
  Result<std::unique_ptr<File>> file = disk.open(path, writable ? OpenMode::create : OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  Result<std::uint64_t> found = (*file)->size();
  if (!found) return fail(std::move(found.error()));
  if (!writable && *found != size)
    return fail(ErrorKind::device, path + " has " + std::to_string(*found) + " bytes, its torrent says " +
                                       std::to_string(size) + ": publish it again");
  if (writable && *found > size) {
    Result<void> cut = (*file)->resize(size);
    if (!cut) return fail(std::move(cut.error()));
    found = size;
  }
  if (writable) {
    Result<void> room = check_room(disk, path, size - *found);
    if (!room) return fail(std::move(room.error()));
    // Without this a power cut may take the whole file away, however well its content was synced.
    Result<void> named = disk.sync_directory(folder_of(path));
    if (!named) return fail(std::move(named.error()));
  }
  std::unique_ptr<FileBlockStore> store(new FileBlockStore(disk, path, std::move(*file), size));
  store->found_ = *found;
  return store;
}

Result<void> FileBlockStore::read(std::uint64_t offset, ByteSpan out) {
  CHECK(offset <= size_ && out.size() <= size_ - offset);
  Result<std::size_t> count = file_->read_at(offset, out);
  if (!count) return fail(std::move(count.error()));
  if (*count < out.size()) std::memset(out.data() + *count, 0, out.size() - *count);
  return {};
}

Result<void> FileBlockStore::write(std::uint64_t offset, ByteView bytes) {
  CHECK(offset <= size_ && bytes.size() <= size_ - offset);
  return file_->write_at(offset, bytes);
}

Result<void> FileBlockStore::sync() {
  Result<void> synced = file_->sync();
  if (!synced) return synced;
  Result<FileStatus> status = disk_.status(path_);
  if (!status) return fail(std::move(status.error()));
  if (status->kind == FileKind::none)
    return fail(ErrorKind::device,
                path_ + " was removed while it was being fetched: start the transfer again");
  return {};
}

}  // namespace dunlin
