#include "applier/self_test.h"

#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr std::size_t last_words_max = 400;
constexpr std::chrono::seconds pause_between_looks{1};

// Those of `complaints` that are not in `before`.
std::string joined_new(const std::set<std::string>& complaints, const std::set<std::string>& before) {
  std::string text;
  for (const std::string& complaint : complaints)
    if (!before.contains(complaint)) text += (text.empty() ? "" : ", ") + complaint;
  return text;
}

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
  if (outcome.succeeded()) return "passed";
  if (outcome.timed_out) return "did not end within " + std::to_string(deadline.count()) + " s";
  if (outcome.signal != 0) return "was killed by signal " + std::to_string(outcome.signal);
  return "failed with code " + std::to_string(outcome.exit_code);
}

}  // namespace

SelfTestVerdict SelfTest::run(const SelfTestSubject& subject, const std::function<void()>& breathe) {
  Result<void> started = watchdog_.start(settings_.watchdog_timeout);
  if (!started) return {false, "the watchdog cannot be started: " + started.error().message};
  SelfTestVerdict verdict = run_checks(subject, breathe);
  if (verdict.passed) watchdog_.stop();
  return verdict;
}

SelfTestVerdict SelfTest::run_checks(const SelfTestSubject& subject, const std::function<void()>& breathe) {
  const std::function<void()> meanwhile = [&] {
    watchdog_.pet();
    if (breathe) breathe();
  };
  SelfTestRecord record(disk_, subject.record, "trial of " + subject.version + " in slot " + subject.slot);
  for (const BuiltInCheck check : built_in_.settings().checks) {
    const std::string name = "built-in check " + std::string(to_string(check));
    record.started(name);
    SelfTestVerdict verdict = make_built_in(check, subject, meanwhile);
    record.ended(name, verdict.passed ? "passed" : "failed", verdict.reason);
    if (!verdict.passed) return {false, name + ": " + verdict.reason};
  }
  return run_programs(subject, meanwhile, record);
}

// Services start, networks come up and clocks are set: what is wrong now may be right in a second.
SelfTestVerdict SelfTest::make_built_in(BuiltInCheck check, const SelfTestSubject& subject,
                                        const std::function<void()>& meanwhile) {
  for (auto left = built_in_.settings().deadline;; left -= pause_between_looks) {
    watchdog_.pet();
    const std::string wrong =
        joined_new(built_in_.complaints(check, subject.slot, meanwhile), subject.before);
    if (wrong.empty()) return {true, ""};
    if (check == BuiltInCheck::root || left <= std::chrono::seconds(0)) return {false, wrong};
    ProcessSpec pause;
    pause.argv = {"sleep", std::to_string(pause_between_looks.count())};
    pause.while_running = meanwhile;
    Result<ProcessOutcome> slept = runner_.run(pause);
    if (!slept) return {false, wrong + " (and no second look: " + slept.error().message + ")"};
  }
}

SelfTestVerdict SelfTest::run_programs(const SelfTestSubject& subject, const std::function<void()>& meanwhile,
                                       SelfTestRecord& record) {
  Result<FileStatus> folder = disk_.status(settings_.directory);
  if (!folder) return {false, "self-test folder: " + folder.error().message};
  if (folder->kind == FileKind::none) return {true, ""};
  Result<std::vector<std::string>> names = disk_.list(settings_.directory);
  if (!names) return {false, "self-test folder: " + names.error().message};
  for (const std::string& name : *names) {
    if (name.starts_with('.')) continue;
    ProcessSpec spec;
    spec.argv = {settings_.directory + "/" + name};
    spec.environment = {{"DUNLIN_SLOT", subject.slot}, {"DUNLIN_VERSION", subject.version}};
    spec.deadline = settings_.deadline;
    spec.while_running = meanwhile;
    SelfTestVerdict verdict = run_check(name, std::move(spec), record);
    if (!verdict.passed) return verdict;
  }
  return {true, ""};
}

SelfTestVerdict SelfTest::run_check(const std::string& name, ProcessSpec spec, SelfTestRecord& record) {
  watchdog_.pet();
  record.started(name);
  Result<ProcessOutcome> outcome = runner_.run(spec);
  if (!outcome) {
    record.ended(name, "cannot be started", outcome.error().message);
    return {false, "self-test " + name + " cannot be started: " + outcome.error().message};
  }
  const std::string how = how_it_ended(*outcome, settings_.deadline);
  record.ended(name, how, outcome->output);
  if (!outcome->succeeded())
    return {false, "self-test " + name + " " + how + ": " + last_words(outcome->output)};
  log_info("self-test passed", {{"check", name}});
  return {true, ""};
}

}  // namespace dunlin
