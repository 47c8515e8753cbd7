#include "node/mirror_choice.h"

#include <algorithm>

namespace dunlin {

namespace {

using Kind = SourceStep::Kind;
using Milliseconds = std::chrono::milliseconds;

// Devices that are told of news at the same moment ask the repository one after the other, and the later ones
// need not when they hear of it.
constexpr Milliseconds rank_delay{500};
constexpr Milliseconds rank_delay_max{3'000};
// For a neighbour that is asking the repository over a thin link.
constexpr Milliseconds asker_patience{8'000};
// For a neighbour to have a file, without any WAN.
constexpr Milliseconds lan_patience{5'000};
constexpr std::size_t lookers_asked = 3;

SourceStep ask(const MirrorOffer& neighbour) {
  return {Kind::neighbour, neighbour, {}};
}

// Differs from device to device, so that not all of them ask the same neighbour.
std::uint64_t order_here(const MirrorFacts& facts, const MirrorOffer& neighbour) {
  return neighbour.instance ^ std::hash<std::string>{}(facts.device_id);
}

bool ranks_before(const MirrorOffer& neighbour, const MirrorFacts& facts) {
  return neighbour.may_use_wan && neighbour.device < facts.device_id;
}

SourceStep take_turn(const MirrorFacts& facts) {
  const auto waited = facts.now - facts.began;
  const bool asked_by_another =
      std::any_of(facts.neighbours.begin(), facts.neighbours.end(),
                  [](const MirrorOffer& each) { return each.may_use_wan && each.asks_wan; });
  if (asked_by_another && waited < asker_patience) return {Kind::wait, {}, asker_patience - waited};
  const auto rank = std::count_if(facts.neighbours.begin(), facts.neighbours.end(),
                                  [&](const MirrorOffer& each) { return ranks_before(each, facts); });
  const Milliseconds delay = std::min<Milliseconds>(rank * rank_delay, rank_delay_max);
  if (waited < delay) return {Kind::wait, {}, delay - waited};
  return {Kind::wan, {}, {}};
}

const MirrorOffer* newest_neighbour(const MirrorFacts& facts) {
  const MirrorOffer* best = nullptr;
  for (const MirrorOffer& each : facts.neighbours) {
    if (each.version <= facts.version) continue;
    const bool better = best == nullptr || each.version > best->version ||
                        (each.version == best->version && order_here(facts, each) < order_here(facts, *best));
    if (better) best = &each;
  }
  return best;
}

bool is_seen_lately(const MirrorFacts& facts, SteadyTime fresh_since) {
  return std::any_of(facts.neighbours.begin(), facts.neighbours.end(), [&](const MirrorOffer& each) {
    return each.version == facts.version && each.wan_checked && *each.wan_checked >= fresh_since;
  });
}

// Those that may have the file, the likeliest first.
std::vector<MirrorOffer> candidates(const MirrorFacts& facts, const FileNeed& need) {
  std::vector<MirrorOffer> all = facts.neighbours;
  const auto likeliness = [&](const MirrorOffer& each) {
    if (need.is_told_by(each)) return 2;
    return need.is_described_by(each) ? 1 : 0;
  };
  std::sort(all.begin(), all.end(), [&](const MirrorOffer& a, const MirrorOffer& b) {
    if (likeliness(a) != likeliness(b)) return likeliness(a) > likeliness(b);
    if (a.wan_checked != b.wan_checked) return a.wan_checked > b.wan_checked;
    return order_here(facts, a) < order_here(facts, b);
  });
  const auto lookers =
      std::find_if(all.begin(), all.end(), [&](auto& each) { return likeliness(each) == 0; });
  if (static_cast<std::size_t>(all.end() - lookers) > lookers_asked)
    all.erase(lookers + lookers_asked, all.end());
  return all;
}

}  // namespace

void FileNeed::note_tried(const MirrorOffer& neighbour) {
  tried_.insert({neighbour.instance, neighbour.stock, is_described_by(neighbour)});
}

bool FileNeed::was_tried(const MirrorOffer& neighbour) const {
  return tried_.contains({neighbour.instance, neighbour.stock, is_described_by(neighbour)});
}

bool FileNeed::is_described_by(const MirrorOffer& neighbour) const {
  const auto& contents = neighbour.contents;
  return content_ && std::find(contents.begin(), contents.end(), *content_) != contents.end();
}

SourceStep choose_metadata_source(const MirrorFacts& facts, const MetadataNeed& need) {
  if (const MirrorOffer* newest = newest_neighbour(facts)) return ask(*newest);
  if (facts.may_use_wan && need.must_look) return {Kind::wan, {}, {}};
  if (need.learned || is_seen_lately(facts, need.fresh_since)) return {Kind::enough, {}, {}};
  if (!facts.may_use_wan) return {};
  return take_turn(facts);
}

SourceStep choose_file_source(const MirrorFacts& facts, const FileNeed& need) {
  for (const MirrorOffer& each : candidates(facts, need)) {
    if (!need.was_tried(each)) return ask(each);
  }
  if (facts.may_use_wan) return take_turn(facts);
  const auto waited = facts.now - facts.began;
  if (facts.neighbours.empty() || waited >= lan_patience) return {};
  return {Kind::wait, {}, lan_patience - waited};
}

}  // namespace dunlin
