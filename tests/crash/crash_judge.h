#pragma once
#include <unordered_set>

#include "tests/crash/crash_device.h"

namespace dunlin {

enum class Fault {
  none,
  unbootable,     // the firmware found nothing to start
  incomplete,     // it started a slot that does not hold one signed release, whole
  nonconverging,  // it boots, but does not come to one of the story's ends by itself
};

std::string_view to_string(Fault fault);

struct Judgement {
  Fault fault = Fault::none;
  std::string words;  // what happened, boot by boot; empty without a fault
};

// Judges devices whose power came back, all of one rig and story. Each is booted on until it has settled;
// after every boot the slot must hold a complete signed release. Before that it is booted a number of times
// with no program running at all, as when power goes again and again during the start. States it has followed
// to a good end are remembered: a device goes on from equal states alike.
class CrashJudge {
 public:
  explicit CrashJudge(const Story& story) : story_(story) {}

  // The device is used up.
  Judgement judge(CrashDevice& device);

 private:
  Judgement boot_bare(const CrashDevice& device) const;
  Judgement follow(CrashDevice& device, std::vector<std::uint64_t>& seen);

  const Story& story_;
  std::unordered_set<std::uint64_t> good_;
};

}  // namespace dunlin
