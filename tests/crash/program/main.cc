// dunlin-crash-lab: laboratory A. A JSON line for each finding, and one for each backend or mutation. What
// the applier logs when its disk goes away under it comes on stderr.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "core/base/log.h"
#include "tests/crash/crash_lab.h"
#include "tests/crash/mutations.h"

namespace dunlin {

namespace {

struct Options {
  std::vector<std::string> backends;  // empty: all
  std::vector<std::string> stories;
  std::uint64_t seed = 1;
  LabBounds bounds{{6, 200, 260}, 100, {2, 1, 3}, 1};
  bool mutations = false;
  bool list = false;
  std::vector<std::string> replay;  // backend or mutation, story, crash
};

bool is_wanted(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

void print(const nlohmann::json& line) {
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

// What was found, with the words that bring it back.
void tell(const std::string& rig, const std::string& story, const Tally& tally) {
  for (const CrashFinding& finding : tally.findings)
    print({{"fault", to_string(finding.judgement.fault)},
           {"words", finding.judgement.words},
           {"replay", rig + " " + story + " " + to_text(finding.crash)}});
}

bool run_backend(const BootWorld& world, const Options& options) {
  Tally sum;
  for (const Story& story : stories()) {
    if (!is_wanted(options.stories, story.name)) continue;
    const Tally tally = explore({world, {}}, story, options.bounds, options.seed);
    tell(world.name, story.name, tally);
    sum.add(tally);
  }
  print({{"lab", "A"},
         {"backend", world.name},
         {"states", sum.states},
         {"mark", sum.mark},
         {"unbootable", sum.unbootable},
         {"incomplete", sum.incomplete},
         {"nonconverging", sum.nonconverging}});
  return sum.faults() == 0;
}

const Story* find_story(const std::string& name) {
  for (const Story& story : stories())
    if (story.name == name) return &story;
  return nullptr;
}

bool run_mutation(const Mutation& mutation, const Options& options) {
  LabBounds bounds = options.bounds;
  bounds.second_every = 0;
  const Tally tally = explore(mutation.rig, *find_story(mutation.story), bounds, options.seed);
  print({{"mutation", mutation.name},
         {"caught", tally.faults() > 0},
         {"states", tally.states},
         {"unbootable", tally.unbootable},
         {"incomplete", tally.incomplete},
         {"nonconverging", tally.nonconverging}});
  return tally.faults() > 0;
}

std::optional<CrashRig> find_rig(const std::string& name) {
  for (const BootWorld& world : boot_worlds())
    if (world.name == name) return CrashRig{world, {}};
  for (const Mutation& mutation : mutations())
    if (mutation.name == name) return mutation.rig;
  return std::nullopt;
}

int run_replay(const std::vector<std::string>& words) {
  const std::optional<CrashRig> rig = find_rig(words[0]);
  const Story* story = find_story(words[1]);
  const std::optional<Crash> crash = parse_crash(words[2]);
  if (!rig || story == nullptr || !crash) {
    std::fprintf(stderr, "dunlin-crash-lab: --replay takes a backend, a story and a crash (see --list)\n");
    return 2;
  }
  set_log_level(LogLevel::info);
  Result<Judgement> judgement = replay(*rig, *story, *crash);
  if (!judgement) {
    std::fprintf(stderr, "dunlin-crash-lab: %s\n", judgement.error().message.c_str());
    return 2;
  }
  std::printf("%s %s\n", std::string(to_string(judgement->fault)).c_str(), judgement->words.c_str());
  return judgement->fault == Fault::none ? 0 : 1;
}

int list() {
  for (const BootWorld& world : boot_worlds()) std::printf("backend %s\n", world.name.c_str());
  for (const Story& story : stories()) std::printf("story %s\n", story.name.c_str());
  for (const Mutation& mutation : mutations()) std::printf("mutation %s\n", mutation.name.c_str());
  return 0;
}

int run(const Options& options) {
  set_log_level(LogLevel::error);
  if (options.list) return list();
  if (!options.replay.empty()) return run_replay(options.replay);
  bool good = true;
  if (options.mutations)
    for (const Mutation& mutation : mutations()) good &= run_mutation(mutation, options);
  else
    for (const BootWorld& world : boot_worlds())
      if (is_wanted(options.backends, world.name)) good &= run_backend(world, options);
  return good ? 0 : 1;
}

}  // namespace

}  // namespace dunlin

int main(int argc, char** argv) {
  dunlin::Options options;
  CLI::App app("Cuts the power everywhere in an update's life and says what a device makes of it.",
               "dunlin-crash-lab");
  app.add_option("--backend", options.backends, "only these boot schemes");
  app.add_option("--story", options.stories, "only these stories");
  app.add_option("--seed", options.seed, "another seed tries other cuts by chance");
  app.add_option("--random", options.bounds.first.random, "fates by chance for each cut");
  app.add_option("--at-most", options.bounds.first.at_most, "fates of each cut in all")
      ->check(CLI::PositiveNumber);
  app.add_option("--second-every", options.bounds.second_every,
                 "of so many cuts one is followed by second cuts");
  app.add_flag("--mutations", options.mutations, "the applier with broken rules: each must be caught");
  app.add_flag("--list", options.list, "backends, stories and mutations");
  app.add_option("--replay", options.replay, "BACKEND STORY CRASH: one crash again, with the applier's log")
      ->expected(3);
  CLI11_PARSE(app, argc, argv);
  return dunlin::run(options);
}
