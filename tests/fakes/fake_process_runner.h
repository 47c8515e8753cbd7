#pragma once
#include "core/base/process.h"

namespace dunlin {

// Programs as a table: argv[0], or all words with spaces between, to what they do. Keeps what was run. A
// program that is not in the table cannot be started.
class FakeProcessRunner final : public ProcessRunner {
 public:
  Result<ProcessOutcome> run(const ProcessSpec& spec) override {
    ran.push_back(spec.argv);
    environments.push_back(spec.environment);
    if (spec.while_running)
      for (int i = 0; i < ticks; ++i) spec.while_running();
    if (on_run) on_run(spec.argv);
    auto program = programs.find(words(spec.argv));
    if (program == programs.end()) program = programs.find(spec.argv[0]);
    if (program == programs.end())
      return fail(ErrorKind::device, "starting " + spec.argv[0] + ": No such file or directory");
    return program->second;
  }

  void add(const std::string& program, int exit_code, std::string output = "") {
    ProcessOutcome outcome;
    outcome.exit_code = exit_code;
    outcome.output = std::move(output);
    programs[program] = outcome;
  }
  int times(const std::string& program) const {
    return static_cast<int>(
        std::count_if(ran.begin(), ran.end(), [&](const auto& argv) { return argv[0] == program; }));
  }

  std::map<std::string, ProcessOutcome> programs;
  std::vector<std::vector<std::string>> ran;
  std::vector<std::map<std::string, std::string>> environments;
  std::function<void(const std::vector<std::string>&)> on_run;  // before its outcome is looked up
  int ticks = 2;                                                // calls of while_running for each program

 private:
  static std::string words(const std::vector<std::string>& argv) {
    std::string text;
    for (const std::string& word : argv) text += (text.empty() ? "" : " ") + word;
    return text;
  }
};

}  // namespace dunlin
