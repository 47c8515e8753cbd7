#include "node/wan_hints.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::size_t hint_size_max = 64;
constexpr std::chrono::milliseconds network_manager_limit{2'000};
constexpr std::chrono::seconds network_manager_interval{30};

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

}  // namespace

std::optional<bool> parse_hint(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text == "yes" || text == "true" || text == "1") return true;
  if (text == "no" || text == "false" || text == "0") return false;
  return std::nullopt;
}

std::optional<bool> parse_metered(std::string_view text) {
  text = trimmed(text);
  if (text == "u 1" || text == "u 3") return true;
  if (text == "u 2" || text == "u 4") return false;
  return std::nullopt;
}

WanHints HintReader::read(SteadyTime now) {
  const std::optional<bool> metered = told("metered");
  const std::optional<bool> battery = told("battery");
  WanHints hints;
  hints.metered = metered ? *metered : network_is_metered(now);
  hints.on_battery = battery ? *battery : battery_discharges();
  return hints;
}

// The beginning of a file; sysfs does not know how long its files are.
std::optional<std::string> HintReader::text_of(const std::string& path) {
  Result<std::unique_ptr<File>> file = disk_.open(path, OpenMode::read);
  if (!file) return std::nullopt;
  Bytes bytes(hint_size_max);
  Result<std::size_t> count = (*file)->read_at(0, bytes);
  if (!count) return std::nullopt;
  bytes.resize(*count);
  return std::string(as_text(bytes));
}

std::optional<bool> HintReader::told(const std::string& name) {
  const std::optional<std::string> text = text_of(places_.hints + "/" + name);
  return text ? parse_hint(*text) : std::nullopt;
}

bool HintReader::network_is_metered(SteadyTime now) {
  if (!asks_network_manager_) return false;
  if (asked_ && now - *asked_ < network_manager_interval) return network_is_metered_;
  asked_ = now;
  ProcessSpec spec;
  spec.argv = {"busctl",
               "--auto-start=no",
               "get-property",
               "org.freedesktop.NetworkManager",
               "/org/freedesktop/NetworkManager",
               "org.freedesktop.NetworkManager",
               "Metered"};
  spec.deadline = network_manager_limit;
  Result<ProcessOutcome> answer = processes_.run(spec);
  asks_network_manager_ = answer.has_value();
  network_is_metered_ = answer && answer->succeeded() && parse_metered(answer->output).value_or(false);
  return network_is_metered_;
}

// A mouse has a battery too: its scope is "Device".
bool HintReader::battery_discharges() {
  Result<std::vector<std::string>> supplies = disk_.list(places_.power);
  if (!supplies) return false;
  return std::any_of(supplies->begin(), supplies->end(), [this](const std::string& name) {
    const std::string folder = places_.power + "/" + name + "/";
    return trimmed(text_of(folder + "scope").value_or("")) != "Device" &&
           trimmed(text_of(folder + "status").value_or("")) == "Discharging";
  });
}

}  // namespace dunlin
