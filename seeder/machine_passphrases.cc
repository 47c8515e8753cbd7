#include "seeder/machine_passphrases.h"

#include <cstdlib>
#include <optional>
#include <termios.h>
#include <unistd.h>

#include "core/base/disk.h"
#include "core/trust/secret_box.h"

namespace dunlin {

namespace {

constexpr std::size_t passphrase_file_max = 4096;
constexpr std::size_t passphrase_size_max = 1024;

std::string upper_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

std::optional<std::string> credential_file(const std::string& role) {
  const std::optional<std::string> folder = variable("CREDENTIALS_DIRECTORY");
  if (!folder) return std::nullopt;
  PosixDisk disk;
  for (const std::string& name : {"dunlin-passphrase-" + role, std::string("dunlin-passphrase")}) {
    const std::string path = *folder + "/" + name;
    Result<FileStatus> status = disk.status(path);
    if (status && status->kind == FileKind::regular) return path;
  }
  return std::nullopt;
}

std::optional<std::string> from_environment(const std::string& role) {
  std::optional<std::string> own = variable("DUNLIN_PASSPHRASE_" + upper_case(role));
  return own ? own : variable("DUNLIN_PASSPHRASE");
}

Result<std::string> first_line_of(const std::string& path) {
  PosixDisk disk;
  Result<std::string> text = read_text(disk, path, passphrase_file_max);
  if (!text) return fail(ErrorKind::usage, "the passphrase cannot be read: " + text.error().message);
  std::string line = text->substr(0, text->find_first_of("\r\n"));
  wipe(*text);
  if (!line.empty() && line.size() <= passphrase_size_max) return line;
  return fail(ErrorKind::usage, "the first line of " + path + " must be a passphrase, at most 1024 bytes");
}

// What is typed does not appear; the terminal is as before afterwards.
class SilentTerminal {
 public:
  SilentTerminal() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_silent_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (is_silent_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  bool is_silent() const { return is_silent_; }

 private:
  termios before_{};
  bool is_silent_ = false;
};

Result<std::string> ask_terminal(const std::string& question) {
  const SilentTerminal terminal;
  if (!terminal.is_silent()) return fail(ErrorKind::usage, "the terminal cannot be made silent");
  std::fprintf(stderr, "%s: ", question.c_str());
  std::string typed;
  char c = 0;
  while (typed.size() < passphrase_size_max && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
    typed.push_back(c);
  std::fprintf(stderr, "\n");
  if (typed.empty()) return fail(ErrorKind::usage, "no passphrase was typed");
  return typed;
}

}  // namespace

bool MachinePassphrases::is_given(const std::string& role) const {
  return !file_.empty() || from_environment(role) || credential_file(role);
}

Result<std::string> MachinePassphrases::passphrase_of(const std::string& role, const std::string& key_id) {
  if (!file_.empty()) return first_line_of(file_);
  if (std::optional<std::string> given = from_environment(role)) return std::move(*given);
  if (const std::optional<std::string> path = credential_file(role)) return first_line_of(*path);
  if (terminal_ == Terminal::ask && ::isatty(STDIN_FILENO) == 1)
    return ask_terminal("passphrase of the " + role + " key " + key_id.substr(0, 8));
  return fail(ErrorKind::usage, "the passphrase of the " + role +
                                    " key was not given: by --passphrase-file, $DUNLIN_PASSPHRASE_" +
                                    upper_case(role) +
                                    ", $DUNLIN_PASSPHRASE, or the systemd credential dunlin-passphrase");
}

Result<std::string> MachinePassphrases::new_passphrase_of(const std::string& role) {
  if (is_given(role) || terminal_ == Terminal::never || ::isatty(STDIN_FILENO) != 1)
    return passphrase_of(role, "");
  Result<std::string> first = ask_terminal("new passphrase for the " + role + " key");
  if (!first) return first;
  Result<std::string> second = ask_terminal("the same again");
  if (!second) return second;
  const bool is_same = *first == *second;
  wipe(*second);
  if (is_same) return first;
  wipe(*first);
  return fail(ErrorKind::usage, "the two passphrases differ");
}

}  // namespace dunlin
