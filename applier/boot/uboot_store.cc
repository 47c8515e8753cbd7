#include "applier/boot/uboot_store.h"

#include "applier/boot/medium.h"
#include "core/base/check.h"
#include "core/base/log.h"

namespace dunlin {

UbootStore::UbootStore(Disk& disk, UbootSettings settings)
    : disk_(disk),
      settings_(std::move(settings)),
      layout_(settings_.copies.size() == 2 ? UbootLayout::redundant : UbootLayout::single) {
  CHECK(settings_.copies.size() == 1 || settings_.copies.size() == 2);
}

Result<UbootCopy> UbootStore::load_copy(std::size_t index) {
  const UbootCopyPlace& place = settings_.copies[index];
  Result<std::unique_ptr<File>> file = open_on_medium(disk_, place.path);
  if (!file) return fail(std::move(file.error()));
  Bytes bytes(settings_.size);
  Result<void> done = read_exactly(**file, place.offset, bytes);
  if (!done) return fail(std::move(done.error()), place.path);
  Result<UbootCopy> copy = parse_uboot_copy(bytes, layout_);
  if (!copy) return fail(std::move(copy.error()), place.path);
  return copy;
}

Result<UbootStore::Loaded> UbootStore::load_newest() {
  constexpr const char* advice = ", or check environment, environment_size and offsets in the configuration";
  Result<UbootCopy> first = load_copy(0);
  if (layout_ == UbootLayout::single) {
    if (first) return Loaded{std::move(*first), 0, ""};
    return fail(std::move(first.error()),
                std::string("the U-Boot environment is damaged: write it anew with mkenvimage") + advice);
  }
  Result<UbootCopy> second = load_copy(1);
  if (!first && !second)
    return fail(ErrorKind::device, "both copies of the U-Boot environment are damaged (" +
                                       first.error().message + "; " + second.error().message +
                                       "): write them anew with mkenvimage -r" + advice);
  if (!first) return Loaded{std::move(*second), 0, first.error().message};
  if (!second) return Loaded{std::move(*first), 1, second.error().message};
  if (newer_uboot_copy(first->flags, second->flags) == 1) return Loaded{std::move(*second), 0, ""};
  return Loaded{std::move(*first), 1, ""};
}

Result<BootVariables> UbootStore::load() {
  Result<Loaded> loaded = load_newest();
  if (!loaded) return fail(std::move(loaded.error()));
  return std::move(loaded->current.variables);
}

std::string UbootStore::damage() {
  Result<Loaded> loaded = load_newest();
  return loaded ? loaded->damage : "";
}

Result<std::unique_ptr<File>> UbootStore::open_for_writing(const std::string& path) {
  Result<FileStatus> status = disk_.status(path);
  if (!status) return fail(std::move(status.error()));
  // A lost file is mended like a damaged one; a lost device must not become a file.
  if (status->kind != FileKind::none || path.starts_with("/dev/"))
    return disk_.open(path, OpenMode::read_write);
  Result<std::unique_ptr<File>> made = disk_.open(path, OpenMode::create);
  if (!made) return made;
  Result<void> synced = disk_.sync_directory(folder_of(path));
  if (!synced) return fail(std::move(synced.error()));
  return made;
}

Result<bool> UbootStore::is_whole_file(const UbootCopyPlace& place) {
  Result<FileStatus> status = disk_.status(place.path);
  if (!status) return fail(std::move(status.error()));
  return place.offset == 0 && status->kind == FileKind::regular && status->size == settings_.size;
}

Result<void> UbootStore::write(const UbootCopyPlace& place, ByteView bytes) {
  Result<bool> whole = is_whole_file(place);
  if (!whole) return fail(std::move(whole.error()));
  if (layout_ == UbootLayout::single && *whole) return write_file_atomically(disk_, place.path, bytes);
  Result<std::unique_ptr<File>> file = open_for_writing(place.path);
  if (!file) return fail(std::move(file.error()));
  Result<void> written = (*file)->write_at(place.offset, bytes);
  if (!written) return written;
  return (*file)->sync();
}

Result<void> UbootStore::store(const BootVariables& wanted) {
  Result<Loaded> before = load_newest();
  if (!before) return fail(std::move(before.error()));
  // Here an empty value is no value.
  BootVariables variables = wanted;
  std::erase_if(variables, [](const auto& entry) { return entry.second.empty(); });
  if (variables == before->current.variables && before->damage.empty()) return {};
  const UbootCopyPlace& place = settings_.copies[before->other];
  if (!before->damage.empty())
    log_warning("mending a damaged U-Boot environment copy",
                {{"path", place.path}, {"reason", before->damage}});
  const UbootCopy next{static_cast<std::uint8_t>(before->current.flags + 1), variables};
  Result<Bytes> bytes = serialise_uboot_copy(next, settings_.size, layout_);
  if (!bytes) return fail(std::move(bytes.error()));
  Result<void> written = write(place, *bytes);
  if (!written) return written;
  Result<Loaded> after = load_newest();
  if (!after) return fail(std::move(after.error()), "reading the U-Boot environment back");
  const bool kept = after->current.variables == variables &&
                    (layout_ == UbootLayout::single || after->current.flags == next.flags);
  if (!kept)
    return fail(ErrorKind::device, "the U-Boot environment did not keep what was written to " + place.path);
  return {};
}

}  // namespace dunlin
