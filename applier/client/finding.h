#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dunlin {

// How much a finding of `dunlin-node doctor` matters.
enum class FindingLevel {
  ok,
  warning,  // updates work, but less well, or not for long
  wrong,    // no update, or no safe one, before it is mended
};

// What one check of a device found.
struct Finding {
  FindingLevel level = FindingLevel::ok;
  std::string check;   // "slot b", "boot flags"
  std::string text;    // what there is, on one line
  std::string advice;  // what to do; empty when ok
  bool operator==(const Finding&) const = default;
};

std::string_view to_string(FindingLevel level);
std::optional<FindingLevel> parse_finding_level(std::string_view text);

inline Finding all_well(std::string check, std::string text) {
  return {FindingLevel::ok, std::move(check), std::move(text), {}};
}

// A list of findings as JSON, [{"level", "check", "text", "advice"}, ...], and back. Total; nothing when the
// text is not such a list.
std::string findings_json(const std::vector<Finding>& findings);
std::optional<std::vector<Finding>> parse_findings(std::string_view text);

}  // namespace dunlin
