// A few hundred sites, one seed each: first anything of faults.h may happen and nothing may be wrong, then
// the faults stop and everyone must complete. Usage: dunlin_leadership_simulation [--first SEED] [--seeds
// COUNT]. Exit 2: something was wrong; 3: somebody was stuck. The seed alone repeats a run.
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "simulations/sim_swarm.h"

namespace {

using std::chrono_literals::operator""s;

// Two leaders on one side see each other with the next beacon that is not lost; at 30 % loss six in a row are
// lost once in 1,400 times.
constexpr std::chrono::milliseconds doubt_max = 15s;
constexpr std::chrono::minutes recovery_max{5};
// A dead leader is missed after 2.5 s; whoever follows by rank may be dead or have given way a moment ago.
constexpr std::chrono::milliseconds takeover_max = 6s;

dunlin::Faults faults_for(dunlin::SeededRandom& random) {
  dunlin::Faults faults;
  if (random.below(4) == 0) return faults;
  faults.loss = static_cast<double>(random.below(31)) / 100;
  faults.crashes = static_cast<int>(random.below(6));
  faults.leader_crashes = static_cast<int>(random.below(4));
  faults.partitions = static_cast<int>(random.below(3));
  faults.wan_cuts = static_cast<int>(random.below(5));
  faults.outages = static_cast<int>(random.below(3));
  return faults;
}

struct Outcome {
  int code = 0;
  std::uint32_t wan_pieces = 0;
  std::uint32_t pieces = 0;
  std::chrono::milliseconds takeover{0};
};

int report(const dunlin::SimSwarm& site, int code, const std::string& what) {
  fmt::print("{}\n  {} (at {} s)\n", site.description(), what,
             site.now().time_since_epoch().count() / 1000 - 3600);
  return code;
}

Outcome run(std::uint64_t seed) {
  dunlin::SeededRandom random(seed ^ 0x51eeb);
  const int devices = 2 + static_cast<int>(random.below(9));
  const auto pieces = static_cast<std::uint32_t>(50 + random.below(200));
  const dunlin::Faults faults = faults_for(random);
  dunlin::SimSwarm site(seed, devices, pieces, faults);
  const bool quiet = faults.loss == 0 && faults.crashes + faults.leader_crashes + faults.partitions == 0;

  while (!(site.everyone_complete() && site.now() >= site.faults_end())) {
    site.step();
    if (site.longest_doubt() > doubt_max)
      return {report(site, 2, "two devices led for too long"), 0, pieces, {}};
    if (site.longest_orphaned() > takeover_max)
      return {report(site, 2, "nobody led for too long"), 0, pieces, {}};
    if (site.needless_pieces() > 0) return {report(site, 2, "fetched what a neighbour had"), 0, pieces, {}};
    if (site.now() > site.faults_end() + recovery_max)
      return {report(site, 3, "somebody is stuck"), 0, pieces, {}};
  }
  if (quiet && site.wan_pieces() != pieces)
    return {report(site, 2, fmt::format("{} pieces crossed the WAN", site.wan_pieces())), 0, pieces, {}};
  // A side of a partition fetches for itself; a leader that dies takes with it what it had not passed on.
  const int losses = faults.crashes + faults.leader_crashes + site.leader_changes();
  const std::uint32_t wan_max = pieces * static_cast<std::uint32_t>(faults.partitions > 0 ? 2 : 1) +
                                static_cast<std::uint32_t>(losses) * 8;
  if (site.wan_pieces() > wan_max)
    return {
        report(site, 2,
               fmt::format("{} pieces crossed the WAN, at most {} are right", site.wan_pieces(), wan_max)),
        0,
        pieces,
        {}};
  return {0, site.wan_pieces(), pieces, site.longest_orphaned()};
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t first = 1;
  std::uint64_t count = 300;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--first") == 0) first = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--seeds") == 0) count = std::strtoull(argv[i + 1], nullptr, 10);
  }
  fmt::print("seeds {} to {}\n", first, first + count - 1);
  int worst = 0;
  std::uint64_t wan = 0;
  std::uint64_t content = 0;
  std::chrono::milliseconds takeover{0};
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const Outcome outcome = run(seed);
    worst = std::max(worst, outcome.code);
    wan += outcome.wan_pieces;
    content += outcome.pieces;
    takeover = std::max(takeover, outcome.takeover);
  }
  fmt::print("{} sites, {:.3f} x the content over the WAN, faults included; longest takeover {} ms\n", count,
             static_cast<double>(wan) / static_cast<double>(content), takeover.count());
  return worst;
}
