#include "node/doctor.h"

#include <algorithm>

#include <fmt/format.h>

#include "node/cli_panel.h"

namespace dunlin {

namespace {

constexpr std::uint64_t data_space_min = 8u << 20;         // what the node keeps beside packs
constexpr std::uint64_t data_space_good = 64u << 20;       // and a small pack
constexpr std::int64_t first_good_second = 1'704'067'200;  // 2024: older than any release
constexpr std::int64_t hardware_clock_error_max_s = 300;

Finding of(FindingLevel level, std::string check, std::string text, std::string advice) {
  return {level, std::move(check), std::move(text), std::move(advice)};
}

Finding examine_configuration(const NodeSight& sight) {
  if (sight.config_error.empty()) return all_well("configuration", sight.config_path);
  return of(FindingLevel::wrong, "configuration", sight.config_error,
            "correct the file (docs/configuration.md); `dunlin-node run --check-config` looks at it alone");
}

Finding examine_service(const NodeSight& sight) {
  if (!sight.status)
    return of(FindingLevel::wrong, "node", sight.node_error,
              "`systemctl start dunlin-node`; `journalctl -u dunlin-node` says why it stopped");
  const std::string text =
      text_field(*sight.status, "phase") + ", runs " + text_field(*sight.status, "version");
  const std::string error = text_field(*sight.status, "last_error");
  if (error.empty()) return all_well("node", text);
  return of(FindingLevel::warning, "node", text + ": " + error,
            "it tries again by itself; `dunlin-node events` has what happened before");
}

Finding examine_wan(const NodeSight& sight) {
  const std::string state = text_field(*sight.status, "wan_state");
  const std::string last_check = text_field(*sight.status, "last_check");
  if (last_check.empty())
    return of(
        FindingLevel::warning, "repository", "never reached since the node started",
        "look at `[seeder] url` in node.toml, the route and the proxy; `dunlin-node check` asks once more");
  if (state.empty() || state == "ok") return all_well("repository", "asked at " + last_check);
  return of(FindingLevel::warning, "repository",
            "asked at " + last_check + "; the WAN is closed: " + text_field(*sight.status, "wan_reason"),
            "nothing, when that is what [wan] in node.toml means");
}

Finding applier_silence(const NodeSight& sight) {
  const Error& error = *sight.applier_error;
  if (error.cause == std::errc::permission_denied)
    return of(FindingLevel::warning, "applier",
              sight.applier_socket +
                  " may not be opened by this user, so slots, boot flags and watchdog are not "
                  "looked at",
              "run the doctor as root, or as a member of `socket_group` in applier.toml");
  return of(
      FindingLevel::wrong, "applier", error.message + ": slots, boot flags and watchdog are not looked at",
      "`systemctl start dunlin-applier`; `dunlin-applier --config /etc/dunlin/applier.toml --check-config` "
      "says what keeps it from starting");
}

Finding examine_space(const NodeSight& sight) {
  const std::string check = "space in " + sight.data_dir;
  if (!sight.space)
    return of(FindingLevel::wrong, check, "the folder cannot be looked at",
              "make it and give it to the node's user, or correct `data_dir` in node.toml");
  const std::string text = human_bytes(sight.space->free) + " free";
  if (sight.space->free < data_space_min)
    return of(FindingLevel::wrong, check, text, "free some: the node needs 8 MiB and room for one pack");
  if (sight.space->free < data_space_good)
    return of(FindingLevel::warning, check, text,
              "a pack must fit in beside 8 MiB: a full one is often a third of its image");
  return all_well(check, text);
}

Finding examine_keys(const NodeSight& sight) {
  if (!sight.trust_error.empty())
    return of(FindingLevel::wrong, "node's trust", sight.trust_error,
              "put the root.json of `dunlin-seeder init` at " + sight.root_metadata);
  if (!sight.has_ca_file)
    return of(FindingLevel::wrong, "node's trust", sight.ca_file + " cannot be read",
              "put the certificate of the authority of the seeder's certificate there, readable for the "
              "node's user");
  return all_well("node's trust", sight.root_metadata);
}

Finding examine_clock(const NodeSight& sight) {
  const std::int64_t now_s = std::chrono::floor<std::chrono::seconds>(sight.now).time_since_epoch().count();
  if (now_s < first_good_second)
    return of(FindingLevel::wrong, "clock", "it is before 2024 here",
              "set it, or let systemd-timesyncd: signatures that have run out would count as good");
  if (!sight.hardware_clock_s)
    return of(
        FindingLevel::warning, "clock",
        fmt::format("there is no hardware clock{}",
                    sight.is_synchronised ? "" : ", and nobody sets this one"),
        "after a power cut it begins in the past: let systemd-timesyncd keep the last time and ask for the "
        "right one");
  if (std::abs(*sight.hardware_clock_s - now_s) > hardware_clock_error_max_s)
    return of(FindingLevel::warning, "clock",
              fmt::format("the hardware clock differs by {} s", *sight.hardware_clock_s - now_s),
              "`hwclock --systohc`, once the time is right; else the next start begins with a wrong one");
  if (!sight.is_synchronised)
    return of(FindingLevel::warning, "clock", "nobody sets it by others' clocks",
              "`timedatectl set-ntp true`: when it drifts by days, good metadata look expired");
  return all_well("clock", "set by others' clocks, and kept over a power cut");
}

}  // namespace

std::vector<Finding> examine_node(const NodeSight& sight) {
  std::vector<Finding> findings{examine_configuration(sight), examine_service(sight)};
  if (sight.status) findings.push_back(examine_wan(sight));
  if (sight.config_error.empty()) {
    findings.push_back(examine_space(sight));
    findings.push_back(examine_keys(sight));
  }
  findings.push_back(examine_clock(sight));
  if (sight.applier_error) findings.push_back(applier_silence(sight));
  if (!sight.applier_error) findings.push_back(all_well("applier", sight.applier_socket));
  findings.insert(findings.end(), sight.applier.begin(), sight.applier.end());
  return findings;
}

FindingLevel verdict(const std::vector<Finding>& findings) {
  FindingLevel worst = FindingLevel::ok;
  for (const Finding& finding : findings) worst = std::max(worst, finding.level);
  return worst;
}

std::string doctor_report(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += fmt::format("{:<8} {}: {}\n", to_string(finding.level), finding.check, finding.text);
    if (!finding.advice.empty()) out += fmt::format("{:<8} do: {}\n", "", finding.advice);
  }
  return out;
}

std::string doctor_json(const std::vector<Finding>& findings) {
  return fmt::format("{{\"verdict\":\"{}\",\"findings\":{}}}", to_string(verdict(findings)),
                     findings_json(findings));
}

}  // namespace dunlin
