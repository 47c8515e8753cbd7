#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/disk.h"
#include "node/wan_budget.h"
#include "node/wan_policy.h"

namespace dunlin {

enum class RebootPolicy { automatic, manual };
enum class WanPolicy { shared, own, fast, never };

// node.toml, complete: every value has been checked, every default filled in. docs/configuration.md.
struct NodeConfig {
  std::string device_id;
  std::string site = "default";
  std::string data_dir = "/var/lib/dunlin";
  std::string socket = "/run/dunlin/node.sock";
  std::string applier_socket = "/run/dunlin/applier.sock";
  std::string root_metadata = "/etc/dunlin/root.json";

  std::string seeder_url;  // without a slash at its end
  std::string ca_file;     // empty: the system's store

  bool update_automatically = true;
  RebootPolicy reboot = RebootPolicy::automatic;
  std::chrono::seconds neighbours_wait{300};  // a reboot waits at most so long for neighbours that need us
  std::chrono::seconds check_interval{300};
  std::chrono::hours max_staleness{0};  // expired timestamps and snapshots count for so long

  WanPolicy wan = WanPolicy::shared;
  std::uint16_t listen_port = 0;
  std::uint16_t mirror_port = 0;
  std::uint16_t beacon_port = 7711;
  std::string beacon_group = "239.192.77.1";
  std::vector<std::string> peers;  // "host:port"

  WanLimits wan_limits;
  WanRules wan_rules;
  std::uint64_t download_rate_max = 0;  // bytes a second over the WAN; 0: no limit
  std::string hints_dir = "/run/dunlin/hints";
  std::size_t takers_max = 0;         // devices of the site that take content at a time; 0: no limit
  std::uint64_t upload_rate_max = 0;  // bytes a second to neighbours; 0: no limit
};

std::string_view to_string(WanPolicy policy);

// Parses the text of `file` (its name is used in messages only). Failures are usage: "node.toml:12: unknown
// key `chek_interval_s` in [update]; did you mean `check_interval_s`?". `machine_id` is the device's id when
// the file names none.
Result<NodeConfig> parse_node_config(std::string_view text, const std::string& file,
                                     const std::string& machine_id);

// Reads the file and /etc/machine-id.
Result<NodeConfig> load_node_config(Disk& disk, const std::string& path);

}  // namespace dunlin
