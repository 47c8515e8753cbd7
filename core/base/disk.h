#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/bytes.h"

namespace dunlin {

// An open file or block device. Offsets and sizes are 64 bit. Used by one thread at a time.
class File {
 public:
  virtual ~File() = default;

  // Reads up to out.size() bytes at `offset`; fewer only at the end of the file. Returns the count.
  virtual Result<std::size_t> read_at(std::uint64_t offset, ByteSpan out) = 0;
  // Writes all of `bytes` or fails; what was written before a failure is undefined. Durable only after
  // sync().
  virtual Result<void> write_at(std::uint64_t offset, ByteView bytes) = 0;
  // Returns after everything written so far is on the medium (fdatasync(2)).
  virtual Result<void> sync() = 0;
  // Bytes in the file, or the capacity of the block device.
  virtual Result<std::uint64_t> size() = 0;
  // Grows with zeros or cuts; not for block devices.
  virtual Result<void> resize(std::uint64_t size) = 0;
  // Makes the next reads come from the medium, not from the page cache. Call after sync().
  virtual Result<void> drop_cache() = 0;
  // The descriptor to hand to another process, or -1 when there is none (simulated disks).
  virtual int descriptor() const = 0;
};

enum class OpenMode {
  read,             // must exist
  read_write,       // must exist
  create,           // made when missing, never cut; mode 0644
  replace,          // made when missing, cut to nothing when present; mode 0644
  replace_private,  // as replace, readable by its owner only (0600), whatever it was before
};

enum class FileKind { none, regular, directory, block_device, symlink, other };

struct FileStatus {
  FileKind kind = FileKind::none;
  std::uint64_t size = 0;  // capacity for block devices
};

struct DiskSpace {
  std::uint64_t free = 0;   // bytes an unprivileged process may still write
  std::uint64_t total = 0;  // bytes
};

// All contact with files. The seam where tests and simulations lose writes, fill the disk and cut the power.
class Disk {
 public:
  virtual ~Disk() = default;

  // A missing file fails with ErrorKind::device and cause ENOENT.
  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  // Replaces `to` in one step (rename(2)); durable only after sync_directory.
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  // Removes a file; a file that is not there is success.
  virtual Result<void> remove(const std::string& path) = 0;
  // Makes the directory and its parents; an existing one is success.
  virtual Result<void> create_directories(const std::string& path) = 0;
  // Makes creations, renames and removals inside `path` durable.
  virtual Result<void> sync_directory(const std::string& path) = 0;
  // Names (not paths) of everything in the directory, sorted.
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  // Follows symbolic links; FileKind::none when nothing is there.
  virtual Result<FileStatus> status(const std::string& path) = 0;
  virtual Result<DiskSpace> space(const std::string& path) = 0;
};

class PosixDisk final : public Disk {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> create_directories(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<FileStatus> status(const std::string& path) override;
  Result<DiskSpace> space(const std::string& path) override;
};

// Takes ownership of an open descriptor, for example one received from another process.
std::unique_ptr<File> adopt_descriptor(int descriptor, std::string name);

// Whole small files. read_file refuses files longer than `size_max` (device).
Result<Bytes> read_file(Disk& disk, const std::string& path, std::uint64_t size_max);
Result<std::string> read_text(Disk& disk, const std::string& path, std::uint64_t size_max);

// Where the file of this path lies: "." for a bare name.
std::string folder_of(const std::string& path);

// Gives a synced file its name, in the place of what had it; the directory is the caller's to sync. On FAT a
// new name is an empty file until the file itself is synced again (vfat_rename in Linux): where it begins and
// how long it is are written with its inode, not with its folder. Elsewhere that costs nothing.
Result<void> rename_durably(Disk& disk, const std::string& from, const std::string& to);

// Write to `path`.new, sync, rename, sync directory: after a power cut the file is the old or the new one,
// whole.
Result<void> write_file_atomically(Disk& disk, const std::string& path, ByteView bytes);
// The same for secrets: at no moment readable by anybody but the owner (mode 0600).
Result<void> write_private_file_atomically(Disk& disk, const std::string& path, ByteView bytes);

// Makes the directory and its parents, each synced into its own parent, so that a power cut cannot take away
// a directory whose files were synced.
Result<void> create_durable_directories(Disk& disk, const std::string& path);

// Fills `out` completely or fails: the end of the file is an error here.
Result<void> read_exactly(File& file, std::uint64_t offset, ByteSpan out);

}  // namespace dunlin
