#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace dunlin {

struct ProcessSpec {
  std::vector<std::string> argv;                   // argv[0] is searched in PATH when it has no slash
  std::map<std::string, std::string> environment;  // added to this process's own
  std::string standard_input;                      // written to the child, then closed
  std::chrono::milliseconds deadline{60'000};      // then the whole process group is killed
  // Of stdout and stderr together. Of more, the beginning and the end are kept (BothEnds); the rest is read
  // and dropped.
  std::size_t output_bytes_max = 64 * 1024;
  // Called about ten times a second while the child runs, from the calling thread; may be empty.
  std::function<void()> while_running;
};

struct ProcessOutcome {
  int exit_code = -1;      // 0..255, or -1 when a signal ended it
  int signal = 0;          // the signal, or 0
  bool timed_out = false;  // killed at its deadline
  std::string output;      // stdout and stderr as they came
  bool succeeded() const { return exit_code == 0 && !timed_out; }
};

// Starts other programs. Blocks the calling thread until the child has ended; never leaves a child behind.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;
  // Fails (device) only when the program cannot be started; what it did is in the outcome.
  virtual Result<ProcessOutcome> run(const ProcessSpec& spec) = 0;
};

class PosixProcessRunner final : public ProcessRunner {
 public:
  Result<ProcessOutcome> run(const ProcessSpec& spec) override;
};

// Runs `argv` with the default deadline and fails (device) with the program's last words when it does not
// exit 0.
Result<std::string> run_or_fail(ProcessRunner& runner, std::vector<std::string> argv);

}  // namespace dunlin
