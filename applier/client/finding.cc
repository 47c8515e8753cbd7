#include "applier/client/finding.h"

#include <array>

#include <nlohmann/json.hpp>

namespace dunlin {

namespace {

using FindingJson = nlohmann::json;

constexpr std::array finding_levels{FindingLevel::ok, FindingLevel::warning, FindingLevel::wrong};

std::optional<Finding> parse_finding(const FindingJson& json) {
  if (!json.is_object()) return std::nullopt;
  std::array<std::string, 4> texts;
  constexpr std::array keys{"level", "check", "text", "advice"};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto value = json.find(keys[i]);
    if (value == json.end() || !value->is_string()) return std::nullopt;
    texts[i] = value->get<std::string>();
  }
  const std::optional<FindingLevel> level = parse_finding_level(texts[0]);
  if (!level) return std::nullopt;
  return Finding{*level, texts[1], texts[2], texts[3]};
}

}  // namespace

std::string_view to_string(FindingLevel level) {
  switch (level) {
    case FindingLevel::ok:
      return "ok";
    case FindingLevel::warning:
      return "warning";
    case FindingLevel::wrong:
      return "wrong";
  }
  return "wrong";
}

std::optional<FindingLevel> parse_finding_level(std::string_view text) {
  for (FindingLevel level : finding_levels)
    if (text == to_string(level)) return level;
  return std::nullopt;
}

std::string findings_json(const std::vector<Finding>& findings) {
  FindingJson list = FindingJson::array();
  for (const Finding& finding : findings)
    list.push_back({{"level", to_string(finding.level)},
                    {"check", finding.check},
                    {"text", finding.text},
                    {"advice", finding.advice}});
  return list.dump(-1, ' ', false, FindingJson::error_handler_t::replace);
}

std::optional<std::vector<Finding>> parse_findings(std::string_view text) {
  const FindingJson list = FindingJson::parse(text, nullptr, false);
  if (!list.is_array()) return std::nullopt;
  std::vector<Finding> findings;
  for (const FindingJson& entry : list) {
    std::optional<Finding> finding = parse_finding(entry);
    if (!finding) return std::nullopt;
    findings.push_back(std::move(*finding));
  }
  return findings;
}

}  // namespace dunlin
