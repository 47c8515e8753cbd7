#pragma once
#include "tests/crash/crash_judge.h"

namespace dunlin {

// One power cut: before which change since the power came, and what became of what was not synced.
struct Cut {
  int change = 0;
  Fate kept;
};
using Crash = std::vector<Cut>;  // one after the other, the second while the device recovers from the first

// "17:0110", of several cuts "17:0110/4:"; what --replay takes.
std::string to_text(const Crash& crash);
// Total; nothing when it is not of that form.
std::optional<Crash> parse_crash(std::string_view text);

struct LabBounds {
  CutBounds first;
  int second_every = 0;  // of so many first cuts one is followed by second cuts; 0: none
  CutBounds second{2, 1, 3};
  int stride = 1;  // of so many changes one is cut at
};

struct CrashFinding {
  Judgement judgement;
  Crash crash;
};

struct Tally {
  std::uint64_t states = 0;  // disks after a cut, none counted twice
  std::uint64_t mark = 0;    // of the cuts that led to them, in whatever order; the same in every run
  std::uint64_t unbootable = 0, incomplete = 0, nonconverging = 0;
  std::vector<CrashFinding> findings;  // the first few
  std::uint64_t faults() const { return unbootable + incomplete + nonconverging; }
  void add(const Tally& other);
};

// Lets the story happen with the power going before every change, in every way that the bounds allow, and
// judges what is left. The same seed tries the same cuts.
Tally explore(const CrashRig& rig, const Story& story, const LabBounds& bounds, std::uint64_t seed);

// One crash again. usage when the story has no such change.
Result<Judgement> replay(const CrashRig& rig, const Story& story, const Crash& crash);

}  // namespace dunlin
