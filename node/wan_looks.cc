#include "node/wan_looks.h"

#include <charconv>

#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr const char* setting_name = "looked_at_wan_ms";
constexpr std::chrono::hours relying_max{24};
constexpr int intervals = 10;

std::chrono::milliseconds limit_for(const std::string& device_id, std::chrono::seconds check_interval) {
  const std::chrono::milliseconds whole =
      std::min<std::chrono::milliseconds>(check_interval * intervals, relying_max);
  const auto share = static_cast<std::int64_t>(std::hash<std::string>{}(device_id) % 256);
  return whole - whole / 4 * share / 256;
}

std::optional<WallTime> wall_time_of(const std::string& text) {
  std::int64_t count = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return WallTime(std::chrono::milliseconds(count));
}

}  // namespace

WanLooks::WanLooks(NodeStore& store, const Clock& clock, std::string device_id,
                   std::chrono::seconds check_interval)
    : store_(store), clock_(clock), limit_(limit_for(device_id, check_interval)) {}

bool WanLooks::is_due() {
  const std::optional<WallTime> looked = wall_time_of(store_.setting(setting_name).value_or(""));
  if (!looked) store_now();
  if (!looked) return false;
  // In the future: the clock was set back, and nobody knows how long ago it was.
  return *looked > clock_.now() || clock_.now() - *looked >= limit_;
}

void WanLooks::note(SteadyTime began) {
  last_ = began;
  store_now();
}

void WanLooks::store_now() {
  Result<void> saved =
      store_.save_setting(setting_name, std::to_string(clock_.now().time_since_epoch().count()));
  if (!saved) log_warning("the look at the repository is not remembered", {{"error", saved.error()}});
}

}  // namespace dunlin
