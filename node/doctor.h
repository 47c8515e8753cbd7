#pragma once
#include <optional>

#include <nlohmann/json.hpp>

#include "applier/client/finding.h"
#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/base/result.h"

namespace dunlin {

// What the doctor saw of the node's side of a device at one moment.
struct NodeSight {
  std::string config_path;
  std::string config_error;  // empty: it can be read
  std::string socket, applier_socket;
  std::string node_error;                // empty: it answers
  std::optional<nlohmann::json> status;  // what it answered
  std::optional<Error> applier_error;    // empty: it answers, and `applier` is what it found
  std::vector<Finding> applier;
  std::string data_dir;
  std::optional<DiskSpace> space;
  std::string root_metadata;
  std::string trust_error;  // of the root metadata that came with the device
  std::string ca_file;
  bool has_ca_file = true;
  WallTime now;
  bool is_synchronised = true;                   // the kernel's clock, with others'
  std::optional<std::int64_t> hardware_clock_s;  // since 1970; nothing: there is none
};

// One finding a check, the applier's among them.
std::vector<Finding> examine_node(const NodeSight& sight);

// The worst of them.
FindingLevel verdict(const std::vector<Finding>& findings);

// Lines for a person: level, check, what there is, and below it what to do.
std::string doctor_report(const std::vector<Finding>& findings);
// {"verdict": "ok", "findings": [...]}.
std::string doctor_json(const std::vector<Finding>& findings);

}  // namespace dunlin
