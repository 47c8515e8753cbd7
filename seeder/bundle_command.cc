#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "seeder/bundle_maker.h"
#include "seeder/commands.h"
#include "seeder/interruption.h"
#include "seeder/progress_bar.h"
#include "seeder/size_text.h"

namespace dunlin {

namespace {

void print_bundle(const BundleOutcome& outcome, const std::string& output) {
  fmt::print("{}: {} {} with {} {}, {}\n", output, outcome.product, outcome.version, outcome.packs,
             outcome.packs == 1 ? "pack" : "packs", size_text(outcome.size));
  const auto until = std::chrono::floor<std::chrono::seconds>(outcome.valid_until).time_since_epoch().count();
  fmt::print("devices take it until {:%Y-%m-%d %H:%M} UTC (the repository's metadata expires then)\n",
             fmt::gmtime(until));
  if (!outcome.newer_version.empty())
    fmt::print(
        "note: {} is newer; a device that is given this bundle installs {}, but its neighbours look for {}\n",
        outcome.newer_version, outcome.version, outcome.newer_version);
}

}  // namespace

int run_bundle(const BundleOptions& options, SeederMachine machine) {
  Result<SeederConfig> config = load_config(options.directory, machine.disk);
  if (!config) return report_failure(config.error());
  const BundleRequest request{
      options.version, options.packs == "all" ? BundledPacks::all : BundledPacks::full, options.output};
  ProgressBar bar(stderr, ::isatty(STDERR_FILENO) == 1, machine.clock);
  const auto show = [&bar](std::uint64_t done, std::uint64_t total) { bar.update("bundle", done, total); };
  Result<BundleOutcome> outcome = make_bundle(
      SeederPaths(options.directory), *config, request,
      BundleMachine{machine.disk, machine.clock, show, catch_interruption(), &machine.passphrases});
  bar.finish_step();
  if (!outcome) return report_failure(outcome.error());
  print_bundle(*outcome, options.output);
  return 0;
}

}  // namespace dunlin
