#pragma once
#include <optional>

#include "core/base/disk.h"

namespace dunlin {

struct SlotPlace {
  std::string name;    // lower case, "a"
  std::string device;  // block device or regular file
};

// Which slot the machine runs, from the kernel's command line: dunlin.slot=NAME or rauc.slot=NAME, in any
// case; the last one counts. Nothing when it names none of `slots`.
std::optional<std::string> parse_booted_slot(std::string_view command_line,
                                             const std::vector<SlotPlace>& slots);

// True when mountinfo (proc(5)) lists the device with these numbers.
bool is_mounted(std::string_view mountinfo, unsigned device_major, unsigned device_minor);

// The places images live in. It hands out the booted slot for reading only, and the spare one for writing
// only when it is neither booted, nor the same device as the booted one, nor mounted.
class Slots {
 public:
  Slots(Disk& disk, std::vector<SlotPlace> places, std::optional<std::string> booted)
      : disk_(disk), places_(std::move(places)), booted_(std::move(booted)) {}

  const std::vector<SlotPlace>& places() const { return places_; }
  const std::optional<std::string>& booted() const { return booted_; }
  // The slot that does not run. Fails (device) when nobody knows which one runs.
  Result<std::string> spare() const;
  std::string device(const std::string& slot) const;

  // Every slot's device is there; else device with the name of the slot and of its device.
  Result<void> check() const;
  Result<void> check(const SlotPlace& place) const;
  // Of a slot that is not booted: it is neither the booted one's device nor mounted; else usage or device
  // with what it is. Somebody is booted.
  Result<void> check_unused(const std::string& slot) const;
  Result<std::uint64_t> capacity(const std::string& slot) const;
  Result<std::unique_ptr<File>> open_booted() const;
  Result<std::unique_ptr<File>> open_for_reading(const std::string& slot) const;
  // The spare slot, for reading back.
  Result<std::unique_ptr<File>> open_spare_for_reading() const;
  Result<std::unique_ptr<File>> open_spare_for_writing() const;

 private:
  Disk& disk_;
  std::vector<SlotPlace> places_;
  std::optional<std::string> booted_;
};

// Seals a block device against every writer, those included that hold it open (BLKROSET), or lifts that seal.
// Regular files and simulated disks cannot be sealed; then this does nothing.
Result<void> seal(File& slot);
Result<void> unseal(File& slot);

}  // namespace dunlin
