#include "seeder/image_shelf.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "core/base/byte_source.h"

namespace dunlin {

namespace {

constexpr std::size_t piece_size = 1u << 20;

bool share_blocks(File& from, File& to) {
  return from.descriptor() >= 0 && to.descriptor() >= 0 &&
         ::ioctl(to.descriptor(), FICLONE, from.descriptor()) == 0;
}

struct CopyJob {
  File& from;
  File& to;
  std::uint64_t size = 0;
  const ImageShelf::Progress& progress;
  const std::atomic<bool>* cancel = nullptr;
};

// Hashes every byte; writes those that are not zero, unless the blocks are shared already.
Result<Digest> copy_and_hash(const CopyJob& job) {
  const bool shared = share_blocks(job.from, job.to);
  Result<void> sized = job.to.resize(job.size);
  if (!sized) return fail(std::move(sized.error()));
  File& source = shared ? job.to : job.from;
  Sha256 hash;
  Bytes piece;
  for (std::uint64_t offset = 0; offset < job.size; offset += piece.size()) {
    if (job.cancel != nullptr && *job.cancel) return fail(ErrorKind::cancelled, "interrupted");
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece_size, job.size - offset)));
    Result<void> read = read_exactly(source, offset, piece);
    if (!read) return fail(std::move(read.error()));
    hash.add(piece);
    if (!shared && !all_zero(piece)) {
      Result<void> written = job.to.write_at(offset, piece);
      if (!written) return fail(std::move(written.error()));
    }
    if (job.progress) job.progress(offset + piece.size(), job.size);
  }
  Result<void> synced = job.to.sync();
  if (!synced) return fail(std::move(synced.error()));
  return hash.finish();
}

}  // namespace

Result<std::uint64_t> ImageShelf::space_needed(const std::string& path) {
  Result<FileStatus> status = disk_.status(path);
  if (!status) return fail(std::move(status.error()));
  if (status->kind == FileKind::none) return fail(ErrorKind::usage, "there is no image " + path);
  if (status->kind != FileKind::regular && status->kind != FileKind::block_device)
    return fail(ErrorKind::usage, path + " is neither a file nor a block device");
  if (status->size == 0) return fail(ErrorKind::usage, "image " + path + " is empty");
  struct stat info {};
  const bool known = status->kind == FileKind::regular && ::stat(path.c_str(), &info) == 0;
  const std::uint64_t on_disk = known ? static_cast<std::uint64_t>(info.st_blocks) * 512 : status->size;
  return std::min(on_disk, status->size);
}

Result<ShelvedImage> ImageShelf::take(const std::string& path, const Progress& progress,
                                      const std::atomic<bool>* cancel) {
  Result<std::unique_ptr<File>> from = disk_.open(path, OpenMode::read);
  if (!from) return fail(std::move(from.error()));
  Result<std::uint64_t> size = (*from)->size();
  if (!size) return fail(std::move(size.error()));
  const std::string temporary = paths_.work() + "/image";
  Digest id;
  {
    Result<std::unique_ptr<File>> to = disk_.open(temporary, OpenMode::replace);
    if (!to) return fail(std::move(to.error()));
    Result<Digest> copied = copy_and_hash(CopyJob{**from, **to, *size, progress, cancel});
    if (!copied) return fail(std::move(copied.error()), "copying image " + path);
    id = *copied;
  }
  Result<void> made = disk_.create_directories(paths_.images());
  if (!made) return fail(std::move(made.error()));
  Result<void> renamed = disk_.rename(temporary, paths_.image(id));
  if (!renamed) return fail(std::move(renamed.error()));
  return ShelvedImage{id, *size};
}

bool ImageShelf::holds(const Digest& id) {
  Result<FileStatus> status = disk_.status(paths_.image(id));
  return status && status->kind == FileKind::regular;
}

Result<std::unique_ptr<File>> ImageShelf::open(const Digest& id) {
  return disk_.open(paths_.image(id), OpenMode::read);
}

Result<void> ImageShelf::verify(const Digest& id) {
  Result<std::unique_ptr<File>> file = open(id);
  if (!file) return fail(std::move(file.error()));
  Result<std::uint64_t> size = (*file)->size();
  if (!size) return fail(std::move(size.error()));
  const FileSource source(**file, *size);
  Result<Digest> found = digest_of(source);
  if (!found) return fail(std::move(found.error()));
  if (*found == id) return {};
  Result<void> removed = disk_.remove(paths_.image(id));
  if (!removed) return removed;
  return fail(ErrorKind::bad_image, "the kept image " + id.hex() + " was damaged and has been removed");
}

Result<void> ImageShelf::keep_only(const std::set<Digest>& wanted) {
  Result<std::vector<std::string>> names = disk_.list(paths_.images());
  if (!names) return fail(std::move(names.error()));
  for (const std::string& name : *names) {
    Result<Digest> id = Digest::from_hex(name);
    if (!id || wanted.contains(*id)) continue;
    Result<void> removed = disk_.remove(paths_.image(*id));
    if (!removed) return removed;
  }
  return {};
}

}  // namespace dunlin
