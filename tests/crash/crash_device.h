#pragma once
#include "applier/applier.h"
#include "tests/crash/cuts.h"
#include "tests/crash/story.h"
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// What a device is made of: a boot loader with its backend and, for mutations, a layer between the applier
// and the disk that breaks a rule.
struct CrashRig {
  BootWorld boot;
  std::function<std::unique_ptr<Disk>(Disk&)> layer;  // empty: the applier sees the disk itself
};

// Boots that the longest story needs, with a cut in it: a dead image is tried four times where a boot loader
// counts one try only, and each takes two boots.
inline constexpr int story_boots_max = 24;

// A device in memory: the firmware's rules, and in each boot a new applier, all of its real code, on a disk
// that forgets what was not synced. Everything but the story's progress is on that disk.
class CrashDevice {
 public:
  // Fresh from the factory. Both references outlive the device and what is revived from it.
  CrashDevice(const CrashRig& rig, const Story& story);

  // The same device again, at the same moment. Files of this one's programs stay with this one.
  CrashDevice copy() const;
  // The same device after its power went and came back, with that fate of what was not synced.
  CrashDevice revived(const Fate& fate) const;

  FakeDisk& disk() { return *disk_; }
  const FakeDisk& disk() const { return *disk_; }

  // The firmware's part of a boot: the slot it starts, or "" when it finds none or the power went.
  std::string boot();
  // The rest of the boot in that slot: the applier's start, what is due of the story, a reboot. Ends with the
  // power gone, a reboot ordered, the image dead, or nothing left to do.
  void live_in(const std::string& slot);
  // Boots until the power goes; false when it is still there after as many boots as a story can need.
  bool run_until_cut();

  // The last life ended with nothing left to do, now or after a reboot.
  bool is_settled() const { return settled_; }
  // What the applier answered that it must not answer on a sound device; empty: nothing.
  const std::string& complaint() const { return complaint_; }
  // The slot's version; empty unless its image and its boot file are those of one signed release.
  std::string complete_version(const std::string& slot) const;
  // Two devices of one rig and story with equal marks go on alike.
  std::uint64_t mark() const;

 private:
  CrashDevice(const CrashRig& rig, const Story& story, std::unique_ptr<FakeDisk> disk);

  const CrashRig* rig_;
  const Story* story_;
  std::unique_ptr<FakeDisk> disk_;
  std::unique_ptr<FirmwareModel> firmware_;
  std::size_t steps_done_ = 0;
  bool settled_ = false;
  std::string complaint_;
};

}  // namespace dunlin
