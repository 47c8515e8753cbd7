#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace dunlin {

enum class LogLevel { debug, info, warning, error };

// One key=value pair of a log line.
struct LogField {
  std::string_view key;
  std::string value;
  LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, std::uint64_t v) : key(k), value(std::to_string(v)) {}
  LogField(std::string_view k, std::int64_t v) : key(k), value(std::to_string(v)) {}
  LogField(std::string_view k, int v) : key(k), value(std::to_string(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v ? "true" : "false") {}
  LogField(std::string_view k, const Error& e) : key(k), value(e.message) {}
};

// One line on stderr: `message key=value key="value with spaces"`. Under systemd each line starts with its
// sd-daemon(3) priority ("<6>"), so journald files it by level; elsewhere it starts with the time and the
// level. Safe to call from any thread.
void log_line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
void log_debug(std::string_view message, std::initializer_list<LogField> fields = {});
void log_info(std::string_view message, std::initializer_list<LogField> fields = {});
void log_warning(std::string_view message, std::initializer_list<LogField> fields = {});
void log_error(std::string_view message, std::initializer_list<LogField> fields = {});

// Lines below `level` are dropped; info at start.
void set_log_level(LogLevel level);

}  // namespace dunlin
