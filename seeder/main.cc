#include <CLI/CLI.hpp>

#include "seeder/commands.h"
#include "seeder/key_cli.h"
#include "seeder/machine_passphrases.h"
#include "seeder/pack_cli.h"

namespace {

using namespace dunlin;

// Every subcommand but init works on a folder that init made.
CLI::App* add_command(CLI::App& app, const char* name, const char* what, std::string& directory) {
  CLI::App* command = app.add_subcommand(name, what);
  command->add_option("--dir", directory, "the seeder's folder, made by init")->required();
  return command;
}

void add_passphrase(CLI::App* command, std::string& file) {
  command->add_option("--passphrase-file", file, "passphrase of sealed keys, in the first line of a file");
}

CLI::App* add_init(CLI::App& app, InitOptions& options) {
  CLI::App* init = app.add_subcommand("init", "make a seeder's folder: keys, certificates, empty repository");
  init->add_option("DIR", options.directory, "a new folder")->required();
  init->add_option("--product", options.product, "which product its releases are for")->required();
  init->add_option("--url", options.url, "how devices reach it: https://HOST:PORT")->required();
  init->add_option("--listen", options.listen,
                   "address to listen on (default: every address, the URL's port)");
  init->add_option("--torrent-port", options.torrent_port, "BitTorrent port; 0: chosen at each start")
      ->capture_default_str();
  init->add_option("--expires-days", options.expires_days, "how long a release's signature is good for")
      ->check(CLI::Range(1, 36'500))
      ->capture_default_str();
  init->add_flag("--seal", options.seal,
                 "seal the keys under a passphrase (done too when one is given by file or environment)");
  return init;
}

CLI::App* add_publish(CLI::App& app, PublishOptions& options) {
  CLI::App* publish = add_command(app, "publish", "make a release of one or more images", options.directory);
  publish->add_option("--version", options.version, "the release's version, higher than all before")
      ->required();
  publish->add_option("--image", options.images, "NAME=FILE, for example rootfs=rootfs.ext4; may be repeated")
      ->required();
  publish->add_option("--hardware", options.hardware, "machine it fits (default: any); may be repeated");
  publish->add_option("--floor", options.floor, "devices never go below this version once it is confirmed");
  publish->add_option("--data-floor", options.data_floor,
                      "oldest version that can read the data this release migrates");
  publish->add_option("--level", options.level, "zstd level")
      ->check(CLI::Range(1, 22))
      ->capture_default_str();
  publish->add_option("--deltas", options.deltas, "delta packs from this many releases before")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  publish
      ->add_option("--memory", options.memory_mib,
                   "MiB for the search of each delta pack (default 2560); images that need more than a "
                   "fifth of it are searched in parts")
      ->check(CLI::Range(64, 1 << 20));
  publish->add_flag("--allow-older", options.allow_older,
                    "publish a version that is not higher than all before");
  publish->add_flag("--prepare", options.prepare,
                    "the targets key is on another machine: make everything and wait for its signature");
  return publish;
}

CLI::App* add_bundle(CLI::App& app, BundleOptions& options) {
  CLI::App* bundle =
      add_command(app, "bundle", "write a release as one file for sites without WAN", options.directory);
  bundle->add_option("--version", options.version, "which release (default: the newest)");
  bundle->add_option("--packs", options.packs, "which packs: the full one, or delta packs too")
      ->check(CLI::IsMember({"full", "all"}))
      ->capture_default_str();
  bundle->add_option("-o,--output", options.output, "the file to write")->required();
  return bundle;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("dunlin-seeder: publishes releases and serves them to sites");
  app.require_subcommand(1);
  app.set_version_flag("--version", "dunlin-seeder 0.1.0");
  InitOptions init_options;
  PublishOptions publish_options;
  BundleOptions bundle_options;
  std::string serve_directory;
  std::string status_directory;
  bool as_json = false;
  CLI::App* init = add_init(app, init_options);
  CLI::App* publish = add_publish(app, publish_options);
  CLI::App* bundle = add_bundle(app, bundle_options);
  CLI::App* serve =
      add_command(app, "serve", "serve the repository, the tracker and the swarm", serve_directory);
  CLI::App* status =
      add_command(app, "status", "releases, expiry, bytes served, peers by site", status_directory);
  status->add_flag("--json", as_json, "for programs");
  const PackCli pack(app);
  std::string passphrase_file;
  for (CLI::App* command : {init, publish, bundle, serve}) add_passphrase(command, passphrase_file);
  const KeyCli key(app, passphrase_file);
  CLI11_PARSE(app, argc, argv);

  PosixDisk disk;
  SystemClock clock;
  SystemRandom random;
  // A service never waits for somebody to type.
  MachinePassphrases passphrases(passphrase_file, serve->parsed() ? MachinePassphrases::Terminal::never
                                                                  : MachinePassphrases::Terminal::ask);
  init_options.seal = init_options.seal || passphrases.is_given("root");
  const SeederMachine machine{disk, clock, random, passphrases};
  if (init->parsed()) return run_init(init_options, machine);
  if (publish->parsed()) return run_publish(publish_options, machine);
  if (bundle->parsed()) return run_bundle(bundle_options, machine);
  if (serve->parsed()) return run_serve(serve_directory, machine);
  if (status->parsed())
    return run_status(status_directory, as_json ? StatusForm::json : StatusForm::text, machine);
  if (const std::optional<int> code = key.run(machine)) return *code;
  return pack.run(machine).value_or(2);
}
