#pragma once
#include <string>
#include <vector>

#include "core/base/result.h"

namespace dunlin {

enum class CliCommand {
  run,
  status,
  check,
  update,
  install,
  confirm,
  rollback,
  reboot,
  events,
  self_tests,
  doctor
};

// The command line, understood.
struct CliOptions {
  CliCommand command = CliCommand::status;
  std::string config = "/etc/dunlin/node.toml";
  std::string file;    // install: the bundle
  std::string socket;  // empty: from the configuration
  bool json = false;
  bool watch = false;         // status
  bool follow = false;        // events
  bool before = false;        // self-tests: of the run before the newest
  bool check_config = false;  // run: say what is wrong with the configuration, start nothing
};

// Either options, or what to print and the exit code (--help, --version, mistakes).
struct CliParse {
  CliOptions options;
  bool stop = false;
  int exit_code = 0;
  std::string output;
};

CliParse parse_command_line(std::vector<std::string> arguments);

}  // namespace dunlin
