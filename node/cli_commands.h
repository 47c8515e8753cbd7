#pragma once
#include <iosfwd>

#include "node/cli_client.h"
#include "node/cli_options.h"

namespace dunlin {

// Where a command prints.
struct CliScreen {
  std::ostream& out;
  std::ostream& error;
  bool is_terminal = false;
  int columns = 80;
};

// Runs a command against a node; never called for `run`, `self-tests` and `doctor`. Exit codes: 0 done, 1
// refused or failed, 3 no node is running.
Task<int> run_command(asio::io_context& io, CliClient& client, CliOptions options, CliScreen screen);

}  // namespace dunlin
