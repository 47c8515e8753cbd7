#pragma once
#include <cerrno>
#include <memory>
#include <mutex>
#include <optional>

#include "core/base/disk.h"
#include "core/base/random.h"
#include "tests/fakes/sparse_bytes.h"

namespace dunlin {

// What becomes of changes that were not synced when the power was cut.
enum class Unsynced {
  lost,  // none of them reached the medium
  kept,  // all of them did
  torn,  // by seed: any of the 512-byte sectors written, and the first few of the directory changes
};

// A part of a change that is not on the medium yet. Parts reach the medium or do not, each for itself; where
// they overlap, the later change counts.
struct UnsyncedPart {
  enum class Kind {
    sector,  // 512 bytes of a write, or the piece of one that the write touches
    size,    // a new size of a file
    name,    // one name that appears, changes or goes; a rename is two
  };
  Kind kind = Kind::sector;
  int change = 0;    // number of the change it belongs to, as changes() counted
  std::string path;  // the name that changes, or a name of the file; empty when it has none
};

// A disk in memory that remembers what was synced. Files keep bytes as programs see them and as the medium
// has them; creations, renames and removals are durable only after sync_directory() of their folder; a
// directory whose own creation was not synced (in its parent) is lost with everything in it. Starts with "/"
// only. A *change* is a write, resize, sync, rename, removal, sync_directory, or the creation of a file or
// directory. Passes tests/contract/disk_contract.h together with PosixDisk.
class FakeDisk final : public Disk {
 public:
  FakeDisk();
  ~FakeDisk() override;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> create_directories(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<FileStatus> status(const std::string& path) override;
  Result<DiskSpace> space(const std::string& path) override;

  // Arranging, without faults and durable at once; parents are made.
  void put(const std::string& path, std::string_view text);
  void put(const std::string& path, ByteView bytes);
  void add_block_device(const std::string& path, std::uint64_t capacity);
  // What a program would read now; nothing when there is no such file.
  std::optional<Bytes> get(const std::string& path) const;
  std::optional<std::string> get_text(const std::string& path) const;
  // Everything so far is on the medium.
  void sync_all();

  // The n-th such call from now (1 is the next) fails with `error`, and changes nothing.
  void fail_read(int nth, int error = EIO);
  void fail_write(int nth, int error = EIO);
  void fail_sync(int nth, int error = EIO);  // File::sync and sync_directory
  void fail_rename(int nth, int error = EIO);
  void fail_open(int nth, int error = EIO);
  // Room for regular files, in bytes; writes that need more fail with ENOSPC. 1 TiB at start.
  void set_capacity(std::uint64_t bytes);
  // Renames into this folder are as Linux does them on FAT: the new name is an empty file on the medium until
  // the file is synced again.
  void make_fat(const std::string& folder);
  // Flips bits of one byte on the medium. Programs see it after File::drop_cache() or restart().
  void damage_medium(const std::string& path, std::uint64_t offset, std::uint8_t mask = 1);

  // The n-th change from now (1 is the next) does not happen: the power goes. From then on everything fails
  // with EIO until restart(). A write that was under way counts as not synced.
  void cut_power_at(int nth);
  void cut_power();
  bool is_off() const;
  // Power is back: the disk holds what reached the medium. Files opened before stay dead.
  void restart(Unsynced unsynced = Unsynced::lost, std::uint64_t seed = 1);
  // What restart() decides about: names first, each kind in the order of its changes within a file.
  std::vector<UnsyncedPart> unsynced() const;
  // As above with the fate of each part: kept[i] says whether unsynced()[i] reached the medium. Where `kept`
  // is too short, parts are lost.
  void restart(const std::vector<bool>& kept);
  // A disk of its own in the same state, without the faults still to come; files that are open stay with
  // this.
  std::unique_ptr<FakeDisk> clone() const;
  // Equal for disks on which programs see the same names and bytes; otherwise different but for chance.
  std::uint64_t fingerprint() const;
  // Changes so far; the upper bound of a loop over cut_power_at(k).
  int changes() const;
  // Bytes given to write_at so far.
  std::uint64_t written_bytes() const;

 private:
  struct State;
  class OpenFile;
  std::shared_ptr<State> state_;
};

}  // namespace dunlin
