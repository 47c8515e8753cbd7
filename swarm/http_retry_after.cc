#include "swarm/http_retry_after.h"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace dunlin {

namespace {

constexpr std::chrono::seconds wait_max{3600};

std::optional<std::chrono::seconds> seconds_in(const std::string& text) {
  std::uint32_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool all_digits = !text.empty() && end == text.data() + text.size();
  if (code == std::errc::result_out_of_range && all_digits) return wait_max;
  if (code != std::errc() || !all_digits) return std::nullopt;
  return std::chrono::seconds(value);
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<std::chrono::seconds> seconds_until(const std::string& date, WallTime now) {
  std::tm parts{};
  const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (!end || *end != '\0') return std::nullopt;
  const WallTime when{std::chrono::seconds(::timegm(&parts))};
  return std::chrono::ceil<std::chrono::seconds>(when - now);
}

}  // namespace

std::optional<std::chrono::seconds> retry_after(const HttpResponse& answer, WallTime now) {
  if (answer.status != 429 && answer.status != 503) return std::nullopt;
  const auto header = answer.headers.find("retry-after");
  if (header == answer.headers.end()) return std::nullopt;
  auto asked = seconds_in(header->second);
  if (!asked) asked = seconds_until(header->second, now);
  if (!asked) return std::nullopt;
  return std::clamp(*asked, std::chrono::seconds(0), wait_max);
}

}  // namespace dunlin
