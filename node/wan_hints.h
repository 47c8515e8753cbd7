#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/base/process.h"

namespace dunlin {

// What is known of this device's link and power.
struct WanHints {
  bool metered = false;
  bool on_battery = false;
  bool operator==(const WanHints&) const = default;
};

// Total. A hint file says yes, true, 1 or nothing at all: true; no, false, 0: false; anything else is
// ignored.
std::optional<bool> parse_hint(std::string_view text);
// What `busctl get-property ... Metered` prints: "u 1" and "u 3" are yes (NMMetered: yes, guess yes), "u 2"
// and "u 4" no; none for the others.
std::optional<bool> parse_metered(std::string_view text);

// Reads hints where they are: files of the operator's programs first, then what the system knows.
// NetworkManager is asked every 30 s at most. Blocks for two seconds at most; not for several threads at
// once.
class HintReader {
 public:
  struct Places {
    std::string hints = "/run/dunlin/hints";        // files `metered` and `battery`
    std::string power = "/sys/class/power_supply";  // sysfs, ABI/testing/sysfs-class-power
  };
  HintReader(Disk& disk, ProcessRunner& processes, Places places)
      : disk_(disk), processes_(processes), places_(std::move(places)) {}

  WanHints read(SteadyTime now);

 private:
  std::optional<std::string> text_of(const std::string& path);
  std::optional<bool> told(const std::string& name);
  bool network_is_metered(SteadyTime now);
  bool battery_discharges();

  Disk& disk_;
  ProcessRunner& processes_;
  Places places_;
  bool asks_network_manager_ = true;  // until it turns out that busctl is not there
  std::optional<SteadyTime> asked_;   // NetworkManager, when
  bool network_is_metered_ = false;   // what it said then
};

}  // namespace dunlin
