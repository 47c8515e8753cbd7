#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/both_ends.h"
#include "core/base/process.h"

extern char** environ;

namespace dunlin {

namespace {

using Steady = std::chrono::steady_clock;

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  ~Pipe() {
    close_read();
    close_write();
  }
  void close_read() {
    if (read_end >= 0) ::close(read_end);
    read_end = -1;
  }
  void close_write() {
    if (write_end >= 0) ::close(write_end);
    write_end = -1;
  }
  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    return true;
  }
};

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const char* equals = std::strchr(*entry, '=');
    const std::string name(
        *entry, equals == nullptr ? std::strlen(*entry) : static_cast<std::size_t>(equals - *entry));
    if (!added.contains(name)) merged.emplace_back(*entry);
  }
  for (const auto& [name, value] : added) merged.push_back(name + "=" + value);
  return merged;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> list;
  list.reserve(strings.size() + 1);
  for (const std::string& text : strings) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

Result<pid_t> start(const ProcessSpec& spec, const Pipe& input, const Pipe& output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.read_end, 0);
  posix_spawn_file_actions_adddup2(&actions, output.write_end, 1);
  posix_spawn_file_actions_adddup2(&actions, output.write_end, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  std::vector<std::string> environment = merged_environment(spec.environment);
  std::vector<char*> argv = pointers(spec.argv);
  std::vector<char*> envp = pointers(environment);
  pid_t pid = -1;
  const int code =
      ::posix_spawnp(&pid, spec.argv[0].c_str(), &actions, &attributes, argv.data(), envp.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0)
    return fail(ErrorKind::device, std::error_code(code, std::generic_category()),
                "starting " + spec.argv[0]);
  return pid;
}

// Reads what is there; returns false at the end of the stream.
bool drain(int descriptor, BothEnds& output) {
  std::array<char, 4096> buffer{};
  ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (count == 0) return false;
  output.append({buffer.data(), static_cast<std::size_t>(count)});
  return true;
}

// Takes what is left in the pipe after the child has ended. Bounded: a grandchild in a process group of its
// own may go on writing for ever.
void drain_rest(int descriptor, BothEnds& output) {
  for (int reads = 0; reads < 64; ++reads) {
    errno = 0;
    if (!drain(descriptor, output) || errno == EAGAIN) return;
  }
}

// Feeds what the pipe takes without blocking; returns false when all is written or nobody reads.
bool feed(int descriptor, std::string_view& rest) {
  if (rest.empty()) return false;
  ssize_t count = ::write(descriptor, rest.data(), rest.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  rest.remove_prefix(static_cast<std::size_t>(count));
  return !rest.empty();
}

void ignore_broken_pipes() {
  static const bool once = [] { return ::signal(SIGPIPE, SIG_IGN) != SIG_ERR; }();
  (void)once;
}

}  // namespace

Result<ProcessOutcome> PosixProcessRunner::run(const ProcessSpec& spec) {
  if (spec.argv.empty()) return fail(ErrorKind::usage, "no program to run");
  ignore_broken_pipes();
  Pipe input;
  Pipe output;
  if (!input.open() || !output.open())
    return fail_errno(ErrorKind::device, "making a pipe for " + spec.argv[0]);
  ::fcntl(input.write_end, F_SETFL, O_NONBLOCK);
  ::fcntl(output.read_end, F_SETFL, O_NONBLOCK);
  Result<pid_t> pid = start(spec, input, output);
  if (!pid) return fail(std::move(pid.error()));
  input.close_read();
  output.close_write();

  ProcessOutcome outcome;
  BothEnds words(spec.output_bytes_max);
  std::string_view rest = spec.standard_input;
  if (rest.empty()) input.close_write();
  const Steady::time_point end = Steady::now() + spec.deadline;
  bool output_open = true;
  int status = 0;
  bool exited = false;
  while (!exited) {
    std::array<pollfd, 2> waits{pollfd{output_open ? output.read_end : -1, POLLIN, 0},
                                pollfd{input.write_end, POLLOUT, 0}};
    ::poll(waits.data(), waits.size(), output_open || input.write_end >= 0 ? 100 : 5);
    if (output_open && waits[0].revents != 0) output_open = drain(output.read_end, words);
    if (input.write_end >= 0 && waits[1].revents != 0 && !feed(input.write_end, rest)) input.close_write();
    if (spec.while_running) spec.while_running();
    if (!outcome.timed_out && Steady::now() >= end) {
      outcome.timed_out = true;
      ::kill(-*pid, SIGKILL);
    }
    exited = ::waitpid(*pid, &status, WNOHANG) == *pid;
  }
  ::kill(-*pid, SIGKILL);  // grandchildren that stayed in the group
  if (output_open) drain_rest(output.read_end, words);
  outcome.output = words.text();
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  return outcome;
}

Result<std::string> run_or_fail(ProcessRunner& runner, std::vector<std::string> argv) {
  ProcessSpec spec;
  spec.argv = std::move(argv);
  Result<ProcessOutcome> outcome = runner.run(spec);
  if (!outcome) return fail(std::move(outcome.error()));
  if (outcome->succeeded()) return std::move(outcome->output);
  std::string words =
      outcome->output.substr(outcome->output.size() - std::min<std::size_t>(400, outcome->output.size()));
  return fail(ErrorKind::device,
              spec.argv[0] +
                  (outcome->timed_out ? " did not end in time"
                                      : " failed with code " + std::to_string(outcome->exit_code)) +
                  ": " + words);
}

}  // namespace dunlin
