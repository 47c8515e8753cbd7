#include <cstdio>

#include "seeder/commands.h"
#include "seeder/seeder_init.h"

namespace dunlin {

namespace {

Result<SeederConfig> config_from(const InitOptions& options) {
  SeederConfig config;
  config.product = options.product;
  config.url = options.url;
  while (config.url.ends_with('/')) config.url.pop_back();
  Result<std::string> listen = listen_address_for(config.url);
  if (!listen) return fail(std::move(listen.error()));
  config.listen = options.listen.empty() ? *listen : options.listen;
  config.torrent_port = options.torrent_port;
  config.lifetimes.targets = std::chrono::hours(24 * options.expires_days);
  // What was written must be readable: the same checks as at every later start.
  return parse_seeder_config(to_toml(config), "seeder.toml");
}

void print_next_steps(const SeederPaths& paths, const SeederConfig& config, bool is_sealed) {
  std::printf(
      "Made the seeder of %s in %s.\n\n"
      "Each device needs these two files:\n  %s   as /etc/dunlin/root.json\n  %s   as /etc/dunlin/ca.pem\n\n"
      "Next:\n"
      "  dunlin-seeder publish --dir %s --version 1.0 --image rootfs=IMAGE\n"
      "  dunlin-seeder serve --dir %s\n\n"
      "Keep a copy of %s in a safe place: without it no device takes another release.\n",
      config.product.c_str(), paths.root().c_str(), paths.first_root().c_str(),
      paths.authority_certificate().c_str(), paths.root().c_str(), paths.root().c_str(),
      paths.keys().c_str());
  if (!is_sealed)
    std::printf(
        "The keys are not sealed: whoever reads that folder is the operator. `dunlin-seeder key seal --dir "
        "%s`\n",
        paths.root().c_str());
}

}  // namespace

int run_init(const InitOptions& options, SeederMachine machine) {
  Result<SeederConfig> config = config_from(options);
  if (!config) return report_failure(config.error());
  const SeederPaths paths(options.directory);
  Result<void> made =
      init_seeder(paths, *config, machine.disk, machine.clock, options.seal ? &machine.passphrases : nullptr);
  if (!made) return report_failure(made.error());
  print_next_steps(paths, *config, options.seal);
  return 0;
}

}  // namespace dunlin
