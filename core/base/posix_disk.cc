#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/disk.h"

namespace dunlin {

namespace {

class PosixFile final : public File {
 public:
  PosixFile(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~PosixFile() override { ::close(descriptor_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      ssize_t count =
          ::pread(descriptor_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail_errno(ErrorKind::device, "reading " + name_);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      ssize_t count =
          ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail_errno(ErrorKind::device, "writing " + name_);
      done += static_cast<std::size_t>(count);
    }
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(descriptor_) != 0) return fail_errno(ErrorKind::device, "syncing " + name_);
    return {};
  }

  Result<std::uint64_t> size() override {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0)
      return fail_errno(ErrorKind::device, "reading the size of " + name_);
    if (!S_ISBLK(info.st_mode)) return static_cast<std::uint64_t>(info.st_size);
    std::uint64_t bytes = 0;
    if (::ioctl(descriptor_, BLKGETSIZE64, &bytes) != 0)
      return fail_errno(ErrorKind::device, "reading the size of " + name_);
    return bytes;
  }

  Result<void> resize(std::uint64_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0)
      return fail_errno(ErrorKind::device, "resizing " + name_);
    return {};
  }

  Result<void> drop_cache() override {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0) return fail_errno(ErrorKind::device, "looking at " + name_);
    // BLKFLSBUF drops the block device's own page cache and needs root; fadvise drops clean pages of
    // anything.
    if (S_ISBLK(info.st_mode) && ::ioctl(descriptor_, BLKFLSBUF, 0) != 0 && errno != EACCES && errno != EPERM)
      return fail_errno(ErrorKind::device, "dropping the cache of " + name_);
    int code = ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED);
    if (code != 0) {
      errno = code;
      return fail_errno(ErrorKind::device, "dropping the cache of " + name_);
    }
    return {};
  }

  int descriptor() const override { return descriptor_; }

 private:
  int descriptor_;
  std::string name_;
};

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY | O_CLOEXEC;
    case OpenMode::read_write:
      return O_RDWR | O_CLOEXEC;
    case OpenMode::create:
      return O_RDWR | O_CREAT | O_CLOEXEC;
    case OpenMode::replace:
    case OpenMode::replace_private:
      return O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
  }
  return O_RDONLY | O_CLOEXEC;
}

FileKind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::regular;
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISBLK(mode)) return FileKind::block_device;
  return FileKind::other;
}

}  // namespace

std::unique_ptr<File> adopt_descriptor(int descriptor, std::string name) {
  return std::make_unique<PosixFile>(descriptor, std::move(name));
}

Result<std::unique_ptr<File>> PosixDisk::open(const std::string& path, OpenMode mode) {
  const bool is_private = mode == OpenMode::replace_private;
  int descriptor = ::open(path.c_str(), open_flags(mode), is_private ? 0600 : 0644);
  if (descriptor < 0) return fail_errno(ErrorKind::device, "opening " + path);
  if (is_private && ::fchmod(descriptor, 0600) != 0) {
    auto failure = fail_errno(ErrorKind::device, "setting the mode of " + path);
    ::close(descriptor);
    return failure;
  }
  return adopt_descriptor(descriptor, path);
}

Result<void> PosixDisk::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    return fail_errno(ErrorKind::device, "renaming " + from + " to " + to);
  return {};
}

Result<void> PosixDisk::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return fail_errno(ErrorKind::device, "removing " + path);
  return {};
}

Result<void> PosixDisk::create_directories(const std::string& path) {
  std::error_code code;
  std::filesystem::create_directories(path, code);
  if (code) return fail(ErrorKind::device, code, "making directory " + path);
  return {};
}

Result<void> PosixDisk::sync_directory(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return fail_errno(ErrorKind::device, "opening directory " + path);
  const int code = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (code != 0)
    return fail(ErrorKind::device, std::error_code(code, std::generic_category()),
                "syncing directory " + path);
  return {};
}

Result<std::vector<std::string>> PosixDisk::list(const std::string& path) {
  std::error_code code;
  std::filesystem::directory_iterator entries(path, code);
  if (code) return fail(ErrorKind::device, code, "listing " + path);
  std::vector<std::string> names;
  for (; entries != std::filesystem::directory_iterator(); entries.increment(code)) {
    if (code) return fail(ErrorKind::device, code, "listing " + path);
    names.push_back(entries->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<FileStatus> PosixDisk::status(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return FileStatus{};
    return fail_errno(ErrorKind::device, "looking at " + path);
  }
  FileStatus status{kind_of(info.st_mode), static_cast<std::uint64_t>(info.st_size)};
  if (status.kind == FileKind::block_device) {
    Result<std::unique_ptr<File>> file = open(path, OpenMode::read);
    if (!file) return fail(std::move(file.error()));
    Result<std::uint64_t> size = (*file)->size();
    if (!size) return fail(std::move(size.error()));
    status.size = *size;
  }
  return status;
}

Result<DiskSpace> PosixDisk::space(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0)
    return fail_errno(ErrorKind::device, "reading free space of " + path);
  return DiskSpace{std::uint64_t{info.f_bavail} * info.f_frsize,
                   std::uint64_t{info.f_blocks} * info.f_frsize};
}

}  // namespace dunlin
