#include "tests/crash/crash_lab.h"

#include <charconv>
#include <functional>

namespace dunlin {

namespace {

constexpr std::size_t findings_max = 5;

// A device at the start of a boot, and how many changes it had made by then.
struct Milestone {
  int changes = 0;
  CrashDevice device;
};

// The story without a cut, so that a cut late in it need not be led up to from the beginning.
std::vector<Milestone> live_through(const CrashDevice& start) {
  CrashDevice device = start.copy();
  const int before = device.disk().changes();
  std::vector<Milestone> milestones;
  for (int boots = 0; boots < story_boots_max && !device.is_settled(); ++boots) {
    milestones.push_back({device.disk().changes() - before, device.copy()});
    device.live_in(device.boot());
  }
  return milestones;
}

std::uint64_t stream_of(std::uint64_t seed, const std::string& backend, const std::string& story) {
  return seed * 0x9E3779B97F4A7C15u ^ std::hash<std::string>()(backend + "/" + story);
}

class Exploration {
 public:
  Exploration(const CrashRig& rig, const Story& story, const LabBounds& bounds, std::uint64_t seed)
      : rig_(rig),
        story_(story),
        bounds_(bounds),
        random_(stream_of(seed, rig.boot.name, story.name)),
        judge_(story) {}

  Tally run() {
    const CrashDevice factory(rig_, story_);
    cut_everywhere(factory, {}, bounds_.first);
    return std::move(tally_);
  }

 private:
  // Cuts at each change that the device makes from here on; `before` are the cuts it has behind it.
  void cut_everywhere(const CrashDevice& start, const Crash& before, const CutBounds& bounds) {
    const std::vector<Milestone> milestones = live_through(start);
    const int stride = before.empty() ? bounds_.stride : 1;
    std::size_t last = 0;
    for (int change = first_change(stride);; change += stride) {
      while (last + 1 < milestones.size() && milestones[last + 1].changes < change) ++last;
      CrashDevice device = milestones[last].device.copy();
      device.disk().cut_power_at(change - milestones[last].changes);
      if (!device.run_until_cut()) return;
      for (const Fate& fate : fates_of(device.disk().unsynced(), bounds, random_)) {
        Crash crash = before;
        crash.push_back({change, fate});
        judge(device.revived(fate), crash);
      }
    }
  }

  int first_change(int stride) {
    return 1 + static_cast<int>(random_.below(static_cast<std::uint64_t>(stride)));
  }

  void judge(CrashDevice device, const Crash& crash) {
    if (!known_.insert(device.mark()).second) return;
    ++tally_.states;
    // Of the cut, not of the disk: each run signs its releases with new keys.
    tally_.mark ^= std::hash<std::string>()(story_.name + " " + to_text(crash));
    const CrashDevice again = device.copy();
    count(judge_.judge(device), crash);
    const bool goes_on = crash.size() == 1 && bounds_.second_every > 0 &&
                         random_.below(static_cast<std::uint64_t>(bounds_.second_every)) == 0;
    if (goes_on) cut_everywhere(again, crash, bounds_.second);
  }

  void count(Judgement judgement, const Crash& crash) {
    if (judgement.fault == Fault::none) return;
    if (judgement.fault == Fault::unbootable) ++tally_.unbootable;
    if (judgement.fault == Fault::incomplete) ++tally_.incomplete;
    if (judgement.fault == Fault::nonconverging) ++tally_.nonconverging;
    if (tally_.findings.size() < findings_max) tally_.findings.push_back({std::move(judgement), crash});
  }

  const CrashRig& rig_;
  const Story& story_;
  const LabBounds& bounds_;
  SeededRandom random_;
  CrashJudge judge_;
  std::unordered_set<std::uint64_t> known_;
  Tally tally_;
};

std::optional<Cut> parse_cut(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Cut cut;
  const auto [end, code] = std::from_chars(text.data(), text.data() + colon, cut.change);
  if (code != std::errc() || end != text.data() + colon || cut.change < 1) return std::nullopt;
  for (const char c : text.substr(colon + 1)) {
    if (c != '0' && c != '1') return std::nullopt;
    cut.kept.push_back(c == '1');
  }
  return cut;
}

}  // namespace

std::string to_text(const Crash& crash) {
  std::string text;
  for (const Cut& cut : crash) {
    text += (text.empty() ? "" : "/") + std::to_string(cut.change) + ":";
    for (const bool kept : cut.kept) text += kept ? '1' : '0';
  }
  return text;
}

std::optional<Crash> parse_crash(std::string_view text) {
  Crash crash;
  while (true) {
    const std::size_t slash = text.find('/');
    const std::optional<Cut> cut = parse_cut(text.substr(0, slash));
    if (!cut) return std::nullopt;
    crash.push_back(*cut);
    if (slash == std::string_view::npos) return crash;
    text.remove_prefix(slash + 1);
  }
}

void Tally::add(const Tally& other) {
  states += other.states;
  mark ^= other.mark;
  unbootable += other.unbootable;
  incomplete += other.incomplete;
  nonconverging += other.nonconverging;
  for (const CrashFinding& finding : other.findings)
    if (findings.size() < findings_max) findings.push_back(finding);
}

Tally explore(const CrashRig& rig, const Story& story, const LabBounds& bounds, std::uint64_t seed) {
  return Exploration(rig, story, bounds, seed).run();
}

Result<Judgement> replay(const CrashRig& rig, const Story& story, const Crash& crash) {
  CrashDevice device(rig, story);
  for (const Cut& cut : crash) {
    device.disk().cut_power_at(cut.change);
    if (!device.run_until_cut())
      return fail(ErrorKind::usage, "there is no change " + std::to_string(cut.change) + " to cut at");
    device = device.revived(cut.kept);
  }
  return CrashJudge(story).judge(device);
}

}  // namespace dunlin
