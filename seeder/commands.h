#pragma once
// The subcommands of dunlin-seeder. Each prints its result on stdout, progress and failures on stderr, and
// returns the exit code: 0, 1 (failed), 2 (asked for something impossible), 130 (interrupted).
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/base/random.h"
#include "core/trust/passphrases.h"
#include "seeder/seeder_config.h"

namespace dunlin {

struct SeederMachine {
  Disk& disk;
  Clock& clock;
  Random& random;
  Passphrases& passphrases;
};

struct InitOptions {
  std::string directory, product, url;
  std::string listen;  // empty: every address, the URL's port
  std::uint16_t torrent_port = 6881;
  int expires_days = 365;  // of a release's signature
  bool seal = false;       // the keys, under passphrases
};
int run_init(const InitOptions& options, SeederMachine machine);

struct PublishOptions {
  std::string directory, version;
  std::vector<std::string> images;  // "NAME=FILE"
  std::vector<std::string> hardware;
  std::string floor, data_floor;
  int level = 19;
  int deltas = 3;
  std::uint64_t memory_mib = 0;  // 0: the default
  bool allow_older = false;
  bool prepare = false;
};
int run_publish(const PublishOptions& options, SeederMachine machine);

struct BundleOptions {
  std::string directory, version, output;
  std::string packs = "full";  // or "all"
};
int run_bundle(const BundleOptions& options, SeederMachine machine);

int run_serve(const std::string& directory, SeederMachine machine);
enum class StatusForm { text, json };
int run_status(const std::string& directory, StatusForm form, SeederMachine machine);

// Reads DIR/seeder.toml. usage: the folder was not made by init, or the file is wrong.
Result<SeederConfig> load_config(const std::string& directory, Disk& disk);
// Prints the failure on stderr; the exit code for it.
int report_failure(const Error& error);

}  // namespace dunlin
