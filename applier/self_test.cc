#include "applier/self_test.h"

#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr std::size_t last_words_max = 400;

// The end of the output on one line, fit for a status and a log.
std::string last_words(const std::string& output) {
  std::string words = output.substr(output.size() - std::min(output.size(), last_words_max));
  for (char& c : words)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  const std::size_t begin = words.find_first_not_of(' ');
  if (begin == std::string::npos) return "no output";
  return words.substr(begin, words.find_last_not_of(' ') - begin + 1);
}

std::string how_it_ended(const ProcessOutcome& outcome, std::chrono::seconds deadline) {
  if (outcome.timed_out) return "did not end within " + std::to_string(deadline.count()) + " s";
  if (outcome.signal != 0) return "was killed by signal " + std::to_string(outcome.signal);
  return "failed with code " + std::to_string(outcome.exit_code);
}

}  // namespace

SelfTestVerdict SelfTest::run(const std::string& slot, const std::string& version,
                              const std::function<void()>& breathe) {
  Result<void> started = watchdog_.start(settings_.watchdog_timeout);
  if (!started) return {false, "the watchdog cannot be started: " + started.error().message};
  SelfTestVerdict verdict = run_checks(slot, version, breathe);
  if (verdict.passed) watchdog_.stop();
  return verdict;
}

SelfTestVerdict SelfTest::run_checks(const std::string& slot, const std::string& version,
                                     const std::function<void()>& breathe) {
  Result<FileStatus> folder = disk_.status(settings_.directory);
  if (!folder) return {false, "self-test folder: " + folder.error().message};
  if (folder->kind == FileKind::none) return {true, ""};
  Result<std::vector<std::string>> names = disk_.list(settings_.directory);
  if (!names) return {false, "self-test folder: " + names.error().message};
  for (const std::string& name : *names) {
    if (name.starts_with('.')) continue;
    ProcessSpec spec;
    spec.argv = {settings_.directory + "/" + name};
    spec.environment = {{"DUNLIN_SLOT", slot}, {"DUNLIN_VERSION", version}};
    spec.deadline = settings_.deadline;
    spec.while_running = [&] {
      watchdog_.pet();
      if (breathe) breathe();
    };
    SelfTestVerdict verdict = run_check(name, std::move(spec));
    if (!verdict.passed) return verdict;
  }
  return {true, ""};
}

SelfTestVerdict SelfTest::run_check(const std::string& name, ProcessSpec spec) {
  watchdog_.pet();
  Result<ProcessOutcome> outcome = runner_.run(spec);
  if (!outcome) return {false, "self-test " + name + " cannot be started: " + outcome.error().message};
  if (outcome->succeeded()) {
    log_info("self-test passed", {{"check", name}});
    return {true, ""};
  }
  return {false, "self-test " + name + " " + how_it_ended(*outcome, settings_.deadline) + ": " +
                     last_words(outcome->output)};
}

}  // namespace dunlin
