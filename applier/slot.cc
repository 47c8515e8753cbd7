#include "applier/slot.h"

#include <filesystem>
#include <linux/fs.h>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/check.h"
#include "core/base/kernel_file.h"
#include "core/base/lower_case.h"

namespace dunlin {

namespace {

Result<void> set_read_only(File& slot, int value) {
  struct stat info {};
  if (slot.descriptor() < 0 || ::fstat(slot.descriptor(), &info) != 0 || !S_ISBLK(info.st_mode)) return {};
  if (::ioctl(slot.descriptor(), BLKROSET, &value) == 0) return {};
  return fail_errno(ErrorKind::device, value != 0 ? "sealing the slot (is dunlin-applier run as root?)"
                                                  : "unsealing the slot (is dunlin-applier run as root?)");
}

Result<void> refuse_mounted(Disk& disk, const std::string& slot, const std::string& device) {
  struct stat info {};
  if (::stat(device.c_str(), &info) != 0 || !S_ISBLK(info.st_mode)) return {};
  Result<std::string> table = read_kernel_file(disk, "/proc/self/mountinfo", 1u << 20);
  if (!table) return fail(std::move(table.error()));
  if (!is_mounted(*table, major(info.st_rdev), minor(info.st_rdev))) return {};
  return fail(ErrorKind::device, "slot " + slot + " (" + device + ") is mounted: unmount it, or check that " +
                                     "the kernel command line names the slot that really runs");
}

}  // namespace

std::optional<std::string> parse_booted_slot(std::string_view command_line,
                                             const std::vector<SlotPlace>& slots) {
  std::optional<std::string> booted;
  std::istringstream words{std::string(command_line)};
  std::string word;
  while (words >> word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = word.substr(0, equals);
    const std::string value = in_lower_case(word.substr(equals + 1));
    if (key != "dunlin.slot" && key != "rauc.slot") continue;
    for (const SlotPlace& slot : slots)
      if (slot.name == value) booted = value;
  }
  return booted;
}

bool is_mounted(std::string_view mountinfo, unsigned device_major, unsigned device_minor) {
  const std::string numbers = std::to_string(device_major) + ":" + std::to_string(device_minor);
  std::istringstream lines{std::string(mountinfo)};
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string id;
    std::string parent;
    std::string device;
    if (fields >> id >> parent >> device && device == numbers) return true;
  }
  return false;
}

Result<std::string> Slots::spare() const {
  if (!booted_)
    return fail(
        ErrorKind::device,
        "the kernel command line names no configured slot (dunlin.slot=NAME): nobody knows which runs");
  for (const SlotPlace& place : places_)
    if (place.name != *booted_) return place.name;
  return fail(ErrorKind::usage, "there is only one slot");
}

std::string Slots::device(const std::string& slot) const {
  for (const SlotPlace& place : places_)
    if (place.name == slot) return place.device;
  CHECK(!"a configured slot");
  return {};
}

Result<void> Slots::check() const {
  for (const SlotPlace& place : places_) {
    Result<void> present = check(place);
    if (!present) return present;
  }
  return {};
}

Result<void> Slots::check(const SlotPlace& place) const {
  Result<FileStatus> status = disk_.status(place.device);
  if (!status) return fail(std::move(status.error()), "slot " + place.name);
  if (status->kind == FileKind::none)
    return fail(ErrorKind::device, "slot " + place.name + ": " + place.device + " does not exist");
  if (status->kind != FileKind::regular && status->kind != FileKind::block_device)
    return fail(ErrorKind::device,
                "slot " + place.name + ": " + place.device + " is neither a block device nor a file");
  return {};
}

Result<std::uint64_t> Slots::capacity(const std::string& slot) const {
  Result<FileStatus> status = disk_.status(device(slot));
  if (!status) return fail(std::move(status.error()), "slot " + slot);
  if (status->kind == FileKind::none)
    return fail(ErrorKind::device, "slot " + slot + ": " + device(slot) + " does not exist");
  return status->size;
}

Result<std::unique_ptr<File>> Slots::open_booted() const {
  if (!booted_) return fail(ErrorKind::device, "nobody knows which slot is booted");
  return open_for_reading(*booted_);
}

Result<std::unique_ptr<File>> Slots::open_for_reading(const std::string& slot) const {
  return disk_.open(device(slot), OpenMode::read);
}

Result<void> Slots::check_unused(const std::string& slot) const {
  std::error_code ignored;
  const auto spare_path = std::filesystem::weakly_canonical(device(slot), ignored);
  const auto booted_path = std::filesystem::weakly_canonical(device(*booted_), ignored);
  if (spare_path == booted_path || std::filesystem::equivalent(spare_path, booted_path, ignored))
    return fail(ErrorKind::usage, "slots " + slot + " and " + *booted_ + " are the same device " +
                                      booted_path.string() + ": correct the configuration");
  return refuse_mounted(disk_, slot, device(slot));
}

Result<std::unique_ptr<File>> Slots::open_spare_for_reading() const {
  Result<std::string> slot = spare();
  if (!slot) return fail(std::move(slot.error()));
  return open_for_reading(*slot);
}

Result<std::unique_ptr<File>> Slots::open_spare_for_writing() const {
  Result<std::string> slot = spare();
  if (!slot) return fail(std::move(slot.error()));
  Result<void> allowed = check_unused(*slot);
  if (!allowed) return fail(std::move(allowed.error()));
  {
    // A sealed device cannot be opened for writing; the seal is lifted through a reader.
    Result<std::unique_ptr<File>> reader = disk_.open(device(*slot), OpenMode::read);
    if (!reader) return reader;
    Result<void> lifted = unseal(**reader);
    if (!lifted) return fail(std::move(lifted.error()), "slot " + *slot);
  }
  return disk_.open(device(*slot), OpenMode::read_write);
}

Result<void> seal(File& slot) {
  return set_read_only(slot, 1);
}

Result<void> unseal(File& slot) {
  return set_read_only(slot, 0);
}

}  // namespace dunlin
