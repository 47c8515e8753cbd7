#pragma once
#include <string>

#include <nlohmann/json.hpp>

namespace dunlin {

// Pure text for people, from what the local API answers. Missing fields read as empty.

// Checked access: missing, wrong type or not an object reads as empty or 0.
std::string text_field(const nlohmann::json& object, const char* key);
std::uint64_t number_field(const nlohmann::json& object, const char* key);

// "dev-1 runs 1.0: fetching 2.0 [#####     ] 51 % 1.2 MB/s 0:41 left ..." within `columns`.
std::string status_line(const nlohmann::json& status, int columns);
// The whole status, one fact a line.
std::string status_panel(const nlohmann::json& status);
// "2026-01-31T12:00:00Z confirmed 2.0 release 2.0 is confirmed"
std::string event_line(const nlohmann::json& event);

// "1.2 MB", "340 kB", "12 B"; decimal.
std::string human_bytes(std::uint64_t bytes);

}  // namespace dunlin
