#include "node/cli_commands.h"

#include <filesystem>
#include <ostream>

#include <fmt/format.h>

#include "node/cli_panel.h"

namespace dunlin {

namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds redraw_interval{500};

int report(const Error& error, CliScreen& screen) {
  screen.error << "dunlin-node: " << error.message << "\n";
  return error.kind == ErrorKind::retry_later ? 3 : 1;
}

Task<int> show_status(asio::io_context& io, CliClient& client, CliOptions options, CliScreen screen) {
  asio::steady_timer timer(io);
  for (;;) {
    std::string target = "/v1/status";
    auto status = co_await client.get(std::move(target));
    if (!status) co_return report(status.error(), screen);
    if (options.json) screen.out << status->dump() << "\n";
    if (!options.json && !options.watch) screen.out << status_panel(*status);
    if (!options.watch) break;
    // On a terminal the line is drawn over itself; in a file or a pipe every state is a line.
    const std::string line = status_line(*status, screen.is_terminal ? screen.columns - 1 : 1'000);
    screen.out << (screen.is_terminal ? "\r\x1b[K" + line : line + "\n") << std::flush;
    co_await wait_for(timer, redraw_interval);
  }
  co_return 0;
}

Task<int> show_events(asio::io_context& io, CliClient& client, CliOptions options, CliScreen screen) {
  asio::steady_timer timer(io);
  std::uint64_t after = 0;
  for (;;) {
    std::string target = fmt::format("/v1/events?after={}", after);
    auto answer = co_await client.get(std::move(target));
    if (!answer) co_return report(answer.error(), screen);
    const json events = answer->is_object() ? answer->value("events", json::array()) : json::array();
    for (const json& event : events) {
      after = std::max(after, number_field(event, "id"));
      screen.out << (options.json ? event.dump() : event_line(event)) << "\n";
    }
    screen.out << std::flush;
    if (!events.empty()) continue;
    if (!options.follow) break;
    co_await wait_for(timer, redraw_interval);
  }
  co_return 0;
}

std::string_view verb(CliCommand command) {
  switch (command) {
    case CliCommand::check:
      return "check";
    case CliCommand::update:
      return "update";
    case CliCommand::install:
      return "install";
    case CliCommand::confirm:
      return "confirm";
    case CliCommand::rollback:
      return "rollback";
    case CliCommand::reboot:
      return "reboot";
    case CliCommand::run:
    case CliCommand::status:
    case CliCommand::events:
    case CliCommand::self_tests:
    case CliCommand::doctor:
      break;
  }
  return "";
}

// The node has another working directory than the person.
std::string body_of(const CliOptions& options) {
  if (options.command != CliCommand::install) return {};
  std::error_code ignored;
  const std::filesystem::path path = std::filesystem::absolute(options.file, ignored);
  return json({{"path", path.lexically_normal().string()}})
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

Task<int> tell(CliClient& client, CliOptions options, CliScreen screen) {
  std::string target = fmt::format("/v1/{}", verb(options.command));
  std::string body = body_of(options);
  auto answer = co_await client.post(std::move(target), std::move(body));
  if (!answer) co_return report(answer.error(), screen);
  screen.out << text_field(*answer, "text") << "\n";
  co_return 0;
}

}  // namespace

Task<int> run_command(asio::io_context& io, CliClient& client, CliOptions options, CliScreen screen) {
  switch (options.command) {
    case CliCommand::status:
      return show_status(io, client, std::move(options), screen);
    case CliCommand::events:
      return show_events(io, client, std::move(options), screen);
    case CliCommand::run:
    case CliCommand::check:
    case CliCommand::update:
    case CliCommand::install:
    case CliCommand::confirm:
    case CliCommand::rollback:
    case CliCommand::reboot:
    case CliCommand::self_tests:
    case CliCommand::doctor:
      break;
  }
  return tell(client, std::move(options), screen);
}

}  // namespace dunlin
