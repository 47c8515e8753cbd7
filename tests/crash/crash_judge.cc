#include "tests/crash/crash_judge.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr int bare_boots = 8;  // more than any scheme's tries for both slots

Judgement no_slot(const std::string& story) {
  return {Fault::unbootable, story + " the firmware starts nothing"};
}

Judgement half_slot(const std::string& story, const std::string& slot) {
  return {Fault::incomplete, story + " slot " + slot + " is started and holds no complete signed release"};
}

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "none";
    case Fault::unbootable:
      return "unbootable";
    case Fault::incomplete:
      return "incomplete";
    case Fault::nonconverging:
      return "nonconverging";
  }
  return "none";
}

Judgement CrashJudge::judge(CrashDevice& device) {
  std::vector<std::uint64_t> seen;
  Judgement judgement = boot_bare(device);
  if (judgement.fault == Fault::none) judgement = follow(device, seen);
  if (judgement.fault == Fault::none) good_.insert(seen.begin(), seen.end());
  return judgement;
}

Judgement CrashJudge::boot_bare(const CrashDevice& device) const {
  CrashDevice bare = device.copy();
  std::string words = "without any program:";
  for (int i = 0; i < bare_boots; ++i) {
    const std::string slot = bare.boot();
    if (slot.empty()) return no_slot(words);
    words += " " + slot;
    if (bare.complete_version(slot).empty()) return half_slot(words, slot);
  }
  return {};
}

Judgement CrashJudge::follow(CrashDevice& device, std::vector<std::uint64_t>& seen) {
  std::string words = "boots:";
  std::string settled_in;
  for (int i = 0; i < story_boots_max; ++i) {
    seen.push_back(device.mark());
    if (settled_in.empty() && good_.contains(seen.back())) return {};
    const std::string slot = device.boot();
    if (slot.empty()) return no_slot(words);
    const std::string version = device.complete_version(slot);
    if (version.empty()) return half_slot(words, slot);
    device.live_in(slot);
    words += " " + slot + "(" + version + ")";
    if (!device.complaint().empty())
      return {Fault::nonconverging, words + " the applier says: " + device.complaint()};
    // At rest twice in a row in the same slot: nothing will move any more.
    const bool at_rest = device.is_settled() && settled_in == slot;
    settled_in = device.is_settled() ? slot : "";
    if (!at_rest) continue;
    const bool right_end = std::find(story_.ends.begin(), story_.ends.end(), version) != story_.ends.end();
    return right_end ? Judgement() : Judgement{Fault::nonconverging, words + " and stays there"};
  }
  return {Fault::nonconverging, words + " and does not come to rest"};
}

}  // namespace dunlin
