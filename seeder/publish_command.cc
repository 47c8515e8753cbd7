#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "seeder/commands.h"
#include "seeder/interruption.h"
#include "seeder/key_commands.h"
#include "seeder/progress_bar.h"
#include "seeder/publisher.h"

namespace dunlin {

namespace {

Result<PublishRequest> request_from(const PublishOptions& options) {
  PublishRequest request;
  for (const std::string& image : options.images) {
    const std::size_t equals = image.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(ErrorKind::usage,
                  "--image " + image + " must look like NAME=FILE, for example rootfs=rootfs.ext4");
    const bool fresh = request.images.emplace(image.substr(0, equals), image.substr(equals + 1)).second;
    if (!fresh) return fail(ErrorKind::usage, "--image " + image.substr(0, equals) + " was given twice");
  }
  request.version = options.version;
  request.hardware = options.hardware;
  request.version_floor = options.floor;
  request.data_floor = options.data_floor;
  request.level = options.level;
  request.deltas = options.deltas;
  request.allow_older = options.allow_older;
  request.prepare = options.prepare;
  if (options.memory_mib > 0) request.search_memory_max = options.memory_mib << 20;
  request.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return request;
}

void print_outcome(const PublishOutcome& outcome) {
  const Manifest& manifest = outcome.manifest;
  if (outcome.already_published) {
    fmt::print("{} {} is published already with exactly these bytes; nothing to do\n", manifest.product,
               manifest.version);
    return;
  }
  fmt::print("{} {} {}\n", outcome.missing.empty() ? "published" : "prepared", manifest.product,
             manifest.version);
  for (const ImageEntry& image : manifest.images) {
    fmt::print("  {}: {} bytes\n", image.name, image.size);
    for (const PackEntry& pack : image.packs) {
      const double share = 100.0 * static_cast<double>(pack.file.size) / static_cast<double>(image.size);
      fmt::print("    {} pack {} bytes ({:.1f} % of the image)\n", pack.base ? "delta" : "full",
                 pack.file.size, share);
    }
  }
}

Result<PublishOutcome> publish(const PublishOptions& options, SeederMachine machine) {
  Result<SeederConfig> config = load_config(options.directory, machine.disk);
  if (!config) return fail(std::move(config.error()));
  Result<PublishRequest> request = request_from(options);
  if (!request) return fail(std::move(request.error()));
  const SeederPaths paths(options.directory);
  Result<FleetStore> store = FleetStore::open(paths.database());
  if (!store) return fail(std::move(store.error()));
  ProgressBar bar(stderr, ::isatty(STDERR_FILENO) == 1, machine.clock);
  const auto show = [&bar](const std::string& step, std::uint64_t done, std::uint64_t total) {
    bar.update(step, done, total);
  };
  Publisher publisher(
      paths, *config,
      PublishMachine{machine.disk, machine.clock, *store, show, &catch_interruption(), &machine.passphrases});
  return publisher.publish(*request);
}

}  // namespace

int run_publish(const PublishOptions& options, SeederMachine machine) {
  Result<PublishOutcome> outcome = publish(options, machine);
  if (!outcome) return report_failure(outcome.error());
  print_outcome(*outcome);
  if (outcome->missing.empty()) return 0;
  for (const std::string& line : outcome->missing) fmt::print("{}\n", line);
  fmt::print(
      "No device sees it yet. Take it to the targets key: `dunlin-seeder key export --dir {} -o FILE`, then "
      "`key sign` there and `key import` here\n",
      options.directory);
  return exit_code_waiting;
}

}  // namespace dunlin
