// dunlin-tuf-client: what the public TUF conformance suite drives. Exit status 0: done; 1: refused or failed.
#include <iostream>

#include "tests/tuf/tuf_client.h"

namespace dunlin {

namespace {

Task<> run_and_stop(asio::io_context& io, TufClient& client, TufCommand command, Result<void>& outcome) {
  if (command == TufCommand::download) {
    auto downloaded = co_await client.download();
    outcome = std::move(downloaded);
  } else {
    auto refreshed = co_await client.refresh();
    outcome = std::move(refreshed);
  }
  io.stop();
}

Result<void> run(const TufClientOptions& options) {
  PosixDisk disk;
  const SystemClock clock;
  asio::io_context io(1);
  HttpClient http(io, {});
  TufClient client(disk, http, options, clock.now());
  if (options.command == TufCommand::init) return client.init();
  Result<void> outcome;
  spawn(io, run_and_stop(io, client, options.command, outcome));
  io.run();
  return outcome;
}

int main_of(const std::vector<std::string>& arguments) {
  Result<TufClientOptions> options = parse_tuf_client_options(arguments);
  if (!options) {
    std::cerr << "dunlin-tuf-client: " << options.error().message << "\n" << tuf_client_usage;
    return 1;
  }
  Result<void> outcome = run(*options);
  if (outcome) return 0;
  std::cerr << "dunlin-tuf-client: " << outcome.error().message << "\n";
  return 1;
}

}  // namespace

}  // namespace dunlin

int main(int argc, char** argv) {
  return dunlin::main_of(std::vector<std::string>(argv + 1, argv + argc));
}
