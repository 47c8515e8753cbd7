#include "node/status_json.h"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "node/applier_port.h"

namespace dunlin {

namespace {

using nlohmann::json;

json bytes_json(const UpdateLedger& ledger) {
  return {{"slot", ledger.slot},        {"lan", ledger.lan},         {"wan", ledger.wan},
          {"usb", ledger.usb},          {"resumed", ledger.resumed}, {"wasted", ledger.wasted},
          {"uploaded", ledger.uploaded}};
}

json reuse_json(const std::optional<ReuseStatus>& reuse) {
  if (!reuse) return nullptr;
  return {{"bytes_to_search", reuse->bytes_to_search},
          {"searched", reuse->searched},
          {"planned", reuse->planned},
          {"content_size", reuse->content_size},
          {"local_size", reuse->local_size}};
}

// While a neighbour fetches a cheaper pack of the same image, what this device has not fetched stays where it
// is.
std::uint64_t predicted_wan_bytes(const LiveStatus& live) {
  return live.transfer.leaves_wan ? std::min(live.ledger.wan, live.predicted_wan_bytes)
                                  : live.predicted_wan_bytes;
}

json text_or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(text);
}

json limit_json(const std::optional<std::uint64_t>& limit) {
  return limit ? json(*limit) : json(nullptr);
}

json budget_json(const WanStatus& wan) {
  const WanSpending& spent = wan.spent;
  return {{"month", fmt::format("{:04}-{:02}", spent.month / 12, spent.month % 12 + 1)},
          {"month_own", spent.in_month.own},
          {"month_shared", spent.in_month.shared},
          {"month_limit", limit_json(wan.limits.month)},
          {"update_own", spent.in_update.own},
          {"update_shared", spent.in_update.shared},
          {"update_limit", limit_json(wan.limits.update)}};
}

// What the swarm says matters while nothing else closes the WAN.
std::string wan_state(const LiveStatus& live) {
  return live.wan.state == "ok" ? live.transfer.wan_state : live.wan.state;
}

json slot_json(const SlotReport& slot) {
  return {{"name", slot.name},
          {"booted", slot.booted},
          {"state", slot.state},
          {"version", slot.version},
          {"image_id", slot.image_id ? json(slot.image_id->hex()) : json(nullptr)},
          {"capacity", slot.capacity}};
}

json limit_json(std::uint64_t limit) {
  return limit == 0 ? json(nullptr) : json(limit);
}

// As configured.
json limits_json(const NodeConfig& config) {
  return {{"download_kbit", limit_json(config.download_rate_max / 125)},
          {"upload_kbit", limit_json(config.upload_rate_max / 125)},
          {"transfers_max", limit_json(config.takers_max)}};
}

std::string role_reason(const LiveStatus& live, const NodeConfig& config) {
  if (live.transfer.role != "queued") return {};
  return fmt::format("{} of this site may take content at a time (transfers_max), and others come first",
                     config.takers_max);
}

void add_applier(json& object, const ApplierStatus& applier) {
  object["product"] = applier.product;
  object["hardware"] = applier.hardware;
  object["version_floor"] = applier.version_floor;
  object["install"] = applier.install;
  object["boot_control"] = applier.boot_control;
  object["slots"] = json::array();
  for (const SlotReport& slot : applier.slots) object["slots"].push_back(slot_json(slot));
  if (!applier.trial) return;
  object["trial"] = {{"version", applier.trial->version},
                     {"verdict", applier.trial->verdict},
                     {"reason", applier.trial->reason},
                     {"record", applier.trial->record}};
}

// A label's value: backslash, quote and line feed are escaped (Prometheus exposition format).
std::string label(std::string_view value) {
  std::string text;
  for (char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

void add_metric(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
  text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void add_wan_metrics(std::string& text, const LiveStatus& live) {
  add_metric(text, "dunlin_node_wan_state", "gauge",
             "1 for what keeps content from crossing the WAN, or ok.");
  for (const std::string_view state :
       {"ok", "unreachable", "budget", "hours", "metered", "battery", "neighbours"})
    text +=
        fmt::format("dunlin_node_wan_state{{state=\"{}\"}} {}\n", state, wan_state(live) == state ? 1 : 0);
  add_metric(text, "dunlin_node_wan_reluctant", "gauge", "1 while others of the site should rather read.");
  text += fmt::format("dunlin_node_wan_reluctant {}\n", live.wan.reluctant_by.empty() ? 0 : 1);
  add_metric(text, "dunlin_node_transfer_queued", "gauge", "1 while others of the site come first.");
  text += fmt::format("dunlin_node_transfer_queued {}\n", live.transfer.role == "queued" ? 1 : 0);
  add_metric(text, "dunlin_node_wan_month_bytes", "gauge",
             "Bytes over the WAN this month, by who read them.");
  const WanCount& month = live.wan.spent.in_month;
  text += fmt::format("dunlin_node_wan_month_bytes{{reader=\"self\"}} {}\n", month.own);
  text += fmt::format("dunlin_node_wan_month_bytes{{reader=\"neighbours\"}} {}\n", month.shared);
}

}  // namespace

std::string to_utc(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count()));
}

std::string status_json(const LiveStatus& live, const NodeConfig& config, WallTime now) {
  const Progress progress = live.progress();
  json object = {{"device_id", config.device_id},
                 {"site", config.site},
                 {"phase", to_string(live.machine.phase)},
                 {"version", live.booted_version()},
                 {"target_version", live.target_version},
                 {"available_version", live.available_version},
                 {"percent", progress.percent},
                 {"rate", live.transfer.rate},
                 {"seconds_left", progress.seconds_left ? json(*progress.seconds_left) : json(nullptr)},
                 {"bytes", bytes_json(live.ledger)},
                 {"metadata_bytes", {{"lan", live.metadata.lan}, {"wan", live.metadata.wan}}},
                 {"role", live.transfer.role},
                 {"role_reason", role_reason(live, config)},
                 {"leader", live.transfer.leader},
                 {"peers", live.transfer.peers},
                 {"pack_size", live.pack_size},
                 {"verified_bytes", live.transfer.verified},
                 {"wanted_bytes", live.transfer.wanted},
                 {"reuse", reuse_json(live.reuse)},
                 {"image_size", live.image_size},
                 {"written_bytes", live.image_written},
                 {"compared_bytes", live.ledger.flash_compared},
                 {"flash_written", live.ledger.flash_written},
                 {"plan", live.plan_reason},
                 {"reboot_reason", live.reboot_reason},
                 {"bundle", text_or_null(live.bundle)},
                 {"source", to_string(live.source)},
                 {"predicted_wan_bytes", predicted_wan_bytes(live)},
                 {"wan_state", wan_state(live)},
                 {"wan_reason", live.wan.reason},
                 {"wan_reluctant", text_or_null(live.wan.reluctant_by)},
                 {"limits", limits_json(config)},
                 {"budget", budget_json(live.wan)},
                 {"last_error", live.last_error},
                 {"last_check", live.last_check ? json(to_utc(*live.last_check)) : json(nullptr)},
                 {"trial", nullptr},
                 {"attempts", live.machine.attempts},
                 {"retry_in_s", nullptr}};
  if (live.machine.phase == Phase::waiting) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(live.machine.retry_at - now).count();
    object["retry_in_s"] = std::max<std::int64_t>(left, 0);
  }
  if (live.applier) add_applier(object, *live.applier);
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string events_json(const std::vector<NodeEvent>& events) {
  json list = json::array();
  for (const NodeEvent& event : events) {
    list.push_back({{"id", event.id},
                    {"at", to_utc(event.at)},
                    {"kind", event.kind},
                    {"version", event.version},
                    {"text", event.text}});
  }
  return json({{"events", std::move(list)}}).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string metrics_text(const LiveStatus& live, const NodeConfig& config) {
  std::string text;
  add_metric(text, "dunlin_node_info", "gauge", "Who this is and what it runs.");
  text += fmt::format("dunlin_node_info{{device=\"{}\",site=\"{}\",version=\"{}\"}} 1\n",
                      label(config.device_id), label(config.site), label(live.booted_version()));
  add_metric(text, "dunlin_node_phase", "gauge", "1 for the phase of the update machine.");
  for (int i = 0; i < phase_count; ++i) {
    const auto phase = static_cast<Phase>(i);
    text += fmt::format("dunlin_node_phase{{phase=\"{}\"}} {}\n", to_string(phase),
                        live.machine.phase == phase ? 1 : 0);
  }
  add_metric(text, "dunlin_node_bytes", "gauge", "Bytes of the current or last update by source.");
  const UpdateLedger& ledger = live.ledger;
  const std::pair<std::string_view, std::uint64_t> sources[] = {
      {"slot", ledger.slot},        {"lan", ledger.lan},         {"wan", ledger.wan},
      {"usb", ledger.usb},          {"resumed", ledger.resumed}, {"wasted", ledger.wasted},
      {"uploaded", ledger.uploaded}};
  for (const auto& [source, count] : sources)
    text += fmt::format("dunlin_node_bytes{{source=\"{}\"}} {}\n", source, count);
  add_metric(text, "dunlin_node_metadata_bytes", "counter", "Metadata and torrents that came, by source.");
  text += fmt::format("dunlin_node_metadata_bytes{{source=\"lan\"}} {}\n", live.metadata.lan);
  text += fmt::format("dunlin_node_metadata_bytes{{source=\"wan\"}} {}\n", live.metadata.wan);
  add_wan_metrics(text, live);
  add_metric(text, "dunlin_node_flash_written_bytes", "gauge", "Bytes written to the spare slot.");
  text += fmt::format("dunlin_node_flash_written_bytes {}\n", ledger.flash_written);
  add_metric(text, "dunlin_node_update_percent", "gauge", "Progress of the current update.");
  text += fmt::format("dunlin_node_update_percent {}\n", live.progress().percent);
  add_metric(text, "dunlin_node_failures", "gauge", "Failures in a row.");
  text += fmt::format("dunlin_node_failures {}\n", live.machine.attempts);
  return text;
}

}  // namespace dunlin
