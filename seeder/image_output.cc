#include "seeder/image_output.h"

namespace dunlin {

namespace {

constexpr std::size_t hole_size = 64 * 1024;

}  // namespace

Result<ImageOutput> ImageOutput::open(Disk& disk, const std::string& path, std::uint64_t image_size) {
  ImageOutput output(disk, path, image_size);
  Result<FileStatus> status = disk.status(path);
  if (!status) return fail(std::move(status.error()));
  Result<void> opened;
  switch (status->kind) {
    case FileKind::block_device:
      opened = output.open_device(status->size);
      break;
    case FileKind::none:
      opened = output.open_partial();
      break;
    case FileKind::regular:
      return fail(ErrorKind::usage, path + " exists already: remove it, or give another name");
    case FileKind::directory:
    case FileKind::symlink:
    case FileKind::other:
      return fail(ErrorKind::usage, path + " is neither a new file nor a block device");
  }
  if (!opened) return fail(std::move(opened.error()));
  return output;
}

Result<void> ImageOutput::open_device(std::uint64_t capacity) {
  if (capacity < image_size_)
    return fail(ErrorKind::usage, path_ + " holds " + std::to_string(capacity) + " bytes, the image has " +
                                      std::to_string(image_size_) + ": give a larger device");
  Result<std::unique_ptr<File>> file = disk_->open(path_, OpenMode::read_write);
  if (!file) return fail(std::move(file.error()));
  file_ = std::move(*file);
  partial_path_ = path_;
  is_device_ = true;
  present_ = image_size_;
  return {};
}

Result<void> ImageOutput::open_partial() {
  partial_path_ = path_ + ".part";
  Result<std::unique_ptr<File>> file = disk_->open(partial_path_, OpenMode::create);
  if (!file) return fail(std::move(file.error()));
  file_ = std::move(*file);
  Result<std::uint64_t> size = file_->size();
  if (!size) return fail(std::move(size.error()));
  present_ = std::min(*size, image_size_);
  return {};
}

Result<void> ImageOutput::keep(std::uint64_t offset) {
  return is_device_ ? Result<void>() : file_->resize(offset);
}

Result<void> ImageOutput::write(std::uint64_t offset, ByteView bytes) {
  if (is_device_) return file_->write_at(offset, bytes);
  // Behind the end of the file all is zero already; what is not zero is written in as few pieces as possible.
  std::size_t written = 0;
  for (std::size_t at = 0; at < bytes.size(); at += hole_size) {
    const ByteView block = bytes.subspan(at, std::min(hole_size, bytes.size() - at));
    if (!all_zero(block)) continue;
    Result<void> done;
    if (at > written) done = file_->write_at(offset + written, bytes.subspan(written, at - written));
    if (!done) return done;
    written = at + block.size();
  }
  // What was written can be read back, also a hole.
  if (written == bytes.size()) return file_->resize(offset + bytes.size());
  return file_->write_at(offset + written, bytes.subspan(written));
}

Result<void> ImageOutput::finish() {
  if (is_device_) return file_->sync();
  Result<void> done = file_->resize(image_size_);
  if (done) done = file_->sync();
  if (done) done = disk_->rename(partial_path_, path_);
  if (done) done = disk_->sync_directory(folder_of(path_));
  return done;
}

}  // namespace dunlin
