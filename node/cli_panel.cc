#include "node/cli_panel.h"

#include <fmt/format.h>

namespace dunlin {

namespace {

using nlohmann::json;

const json& field(const json& object, const char* key) {
  static const json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::string or_unknown(std::string value) {
  return value.empty() ? "an unknown version" : value;
}

std::string bar(std::uint64_t percent, int width) {
  const int full = static_cast<int>(std::min<std::uint64_t>(percent, 100)) * width / 100;
  return "[" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(width - full), ' ') + "]";
}

std::string duration(std::uint64_t seconds) {
  if (seconds >= 3'600)
    return fmt::format("{}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

std::string sources(const json& status) {
  const json& bytes = field(status, "bytes");
  const std::uint64_t usb = number_field(bytes, "usb");
  return fmt::format("slot {} · LAN {} · WAN {}{}", human_bytes(number_field(bytes, "slot")),
                     human_bytes(number_field(bytes, "lan")), human_bytes(number_field(bytes, "wan")),
                     usb > 0 ? " · USB " + human_bytes(usb) : "");
}

// While the slots are searched for known content.
std::string search_phrase(const json& reuse) {
  const std::uint64_t total = number_field(reuse, "bytes_to_search");
  const std::uint64_t done = number_field(reuse, "searched");
  if (done >= total) return {};
  return fmt::format("{} of {} searched for known content", human_bytes(done), human_bytes(total));
}

std::string reluctance_phrase(const std::string& hint) {
  if (hint == "metered") return "others of this site, for the link here is metered";
  if (hint == "battery") return "others of this site, for this device runs on its battery";
  return {};
}

std::string state_phrase(const json& status) {
  const std::string phase = text_field(status, "phase");
  const std::string target = text_field(status, "target_version");
  return target.empty() ? phase : phase + " " + target;
}

void add_line(std::string& out, std::string_view name, const std::string& value) {
  if (!value.empty()) out += fmt::format("{:<10} {}\n", name, value);
}

}  // namespace

std::string text_field(const json& object, const char* key) {
  const json& value = field(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::uint64_t number_field(const json& object, const char* key) {
  const json& value = field(object, key);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1'000) return fmt::format("{} B", bytes);
  if (bytes < 1'000'000) return fmt::format("{} kB", bytes / 1'000);
  if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
  return fmt::format("{:.2f} GB", static_cast<double>(bytes) / 1e9);
}

std::string status_line(const json& status, int columns) {
  std::string line = fmt::format("{} runs {}: {}", text_field(status, "device_id"),
                                 or_unknown(text_field(status, "version")), state_phrase(status));
  const std::string phase = text_field(status, "phase");
  if (phase == "fetching" || phase == "verifying") {
    const std::uint64_t percent = number_field(status, "percent");
    line += fmt::format(" {} {} %", bar(percent, 20), percent);
    if (number_field(status, "rate") > 0) line += " " + human_bytes(number_field(status, "rate")) + "/s";
    if (field(status, "seconds_left").is_number_unsigned())
      line += " " + duration(number_field(status, "seconds_left")) + " left";
    line += " · " + sources(status);
  }
  if (phase == "waiting")
    line += fmt::format(" {} s: {}", number_field(status, "retry_in_s"), text_field(status, "last_error"));
  // Counted in bytes: a cut in the middle of the dot's two would print badly.
  while (static_cast<int>(line.size()) > columns) line.pop_back();
  while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0xC0) line.pop_back();
  return line;
}

std::string status_panel(const json& status) {
  std::string out;
  add_line(out, "device",
           fmt::format("{} (site {})", text_field(status, "device_id"), text_field(status, "site")));
  add_line(out, "runs", or_unknown(text_field(status, "version")));
  add_line(out, "phase", state_phrase(status));
  const std::string available = text_field(status, "available_version");
  if (!available.empty() && available != text_field(status, "version")) add_line(out, "newest", available);
  const std::string phase = text_field(status, "phase");
  if (phase == "fetching" || phase == "verifying" || phase == "staged") {
    const std::uint64_t percent = number_field(status, "percent");
    add_line(out, "progress", fmt::format("{} {} %", bar(percent, 40), percent));
    add_line(out, "plan", text_field(status, "plan"));
    add_line(out, "slots", search_phrase(field(status, "reuse")));
    add_line(out, "bytes", sources(status));
    add_line(out, "slot",
             fmt::format("{} compared, {} written", human_bytes(number_field(status, "compared_bytes")),
                         human_bytes(number_field(status, "flash_written"))));
    const std::string leader = text_field(status, "leader");
    add_line(out, "turn", text_field(status, "role_reason"));
    add_line(out, "swarm",
             fmt::format("{}, {} peers{}", text_field(status, "role"), number_field(status, "peers"),
                         leader.empty() ? "" : ", WAN leader " + leader));
  }
  if (field(status, "seconds_left").is_number_unsigned())
    add_line(out, "left",
             fmt::format("{} at {}/s", duration(number_field(status, "seconds_left")),
                         human_bytes(number_field(status, "rate"))));
  add_line(out, "reboot", text_field(status, "reboot_reason"));
  add_line(out, "WAN", text_field(status, "wan_reason"));
  add_line(out, "rather by", reluctance_phrase(text_field(status, "wan_reluctant")));
  if (phase == "waiting") add_line(out, "again in", fmt::format("{} s", number_field(status, "retry_in_s")));
  const json& trial = field(status, "trial");
  if (trial.is_object()) {
    const std::string reason = text_field(trial, "reason");
    add_line(out, "last trial",
             fmt::format("{} {}{}", text_field(trial, "version"), text_field(trial, "verdict"),
                         reason.empty() ? "" : ": " + reason));
    add_line(out, "self-tests", text_field(trial, "record"));
  }
  add_line(out, "last error", text_field(status, "last_error"));
  return out;
}

std::string event_line(const json& event) {
  return fmt::format("{} {:<14} {}", text_field(event, "at"), text_field(event, "kind"),
                     text_field(event, "text"));
}

}  // namespace dunlin
