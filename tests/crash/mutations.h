#pragma once
#include "tests/crash/crash_device.h"

namespace dunlin {

// A rule of the applier broken on purpose, to see the laboratory fail.
struct Mutation {
  std::string name;
  CrashRig rig;
  std::string story;  // the one in which it shows
};

// "flags-before-sync": the flags of a new slot reach the medium before the slot's bytes are asked to.
// "grub-editenv-truncate": the environment block is cut to nothing and written anew, as grub-editenv does.
// "two-fw-setenv-runs": one run of fw_setenv for each variable that changes, the order of slots first.
std::vector<Mutation> mutations();

// U-Boot's variables written one by one instead of in one save.
BootWorld two_setenv_runs(BootWorld uboot);

}  // namespace dunlin
