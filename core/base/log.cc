#include "core/base/log.h"

#include <cstdlib>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace dunlin {

namespace {

bool under_journald() {
  return std::getenv("JOURNAL_STREAM") != nullptr;
}

spdlog::logger& logger() {
  static spdlog::logger instance = [] {
    spdlog::logger made("dunlin", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.set_pattern(under_journald() ? "%v" : "%Y-%m-%dT%H:%M:%S.%e %l %v");
    return made;
  }();
  return instance;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view journald_priority(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "<7>";
    case LogLevel::info:
      return "<6>";
    case LogLevel::warning:
      return "<4>";
    case LogLevel::error:
      return "<3>";
  }
  return "<6>";
}

void append_value(std::string& line, std::string_view value) {
  const bool plain = !value.empty() && value.find_first_of(" \"=\n\t\\") == std::string_view::npos;
  if (plain) {
    line += value;
    return;
  }
  line += '"';
  for (char c : value) {
    if (c == '"' || c == '\\') line += '\\';
    line += (c == '\n' || c == '\r') ? ' ' : c;
  }
  line += '"';
}

}  // namespace

void log_line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!logger().should_log(spdlog_level(level))) return;
  std::string line(under_journald() ? journald_priority(level) : std::string_view());
  line += message;
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_value(line, field.value);
  }
  logger().log(spdlog_level(level), line);
}

void log_debug(std::string_view m, std::initializer_list<LogField> f) {
  log_line(LogLevel::debug, m, f);
}
void log_info(std::string_view m, std::initializer_list<LogField> f) {
  log_line(LogLevel::info, m, f);
}
void log_warning(std::string_view m, std::initializer_list<LogField> f) {
  log_line(LogLevel::warning, m, f);
}
void log_error(std::string_view m, std::initializer_list<LogField> f) {
  log_line(LogLevel::error, m, f);
}

void set_log_level(LogLevel level) {
  logger().set_level(spdlog_level(level));
}

}  // namespace dunlin
