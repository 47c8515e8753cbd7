#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "core/trust/repository_signer.h"

namespace dunlin {

// DIR/seeder.toml; docs/repository.md explains every key.
struct SeederConfig {
  std::string product;
  std::string url;                 // how devices reach this seeder: "https://host:port"
  std::string listen;              // where `serve` listens: "0.0.0.0:8443"
  std::uint16_t torrent_port = 0;  // BitTorrent; 0: chosen at each start
  std::chrono::seconds tracker_interval{60};
  int keep_images = 3;  // images of this many releases are kept as bases of delta packs
  RoleLifetimes lifetimes;
};

// Total. usage: a missing, unknown or wrong key of `file`, named with its line.
Result<SeederConfig> parse_seeder_config(std::string_view toml, const std::string& file);
// With a comment for each key; parse_seeder_config reads the same back.
std::string to_toml(const SeederConfig& config);

// Letters, digits, '.', '-', '_', at most 64: a product's name is a folder and part of URLs.
Result<void> check_product(std::string_view name);
// The default for `listen`: every address of the URL's family, its port. usage: not an https URL.
Result<std::string> listen_address_for(const std::string& url);

}  // namespace dunlin
