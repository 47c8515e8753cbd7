#include "tests/tuf/tuf_client_options.h"

#include <map>
#include <optional>

namespace dunlin {

namespace {

// The command line taken apart, not yet judged.
struct Words {
  std::map<std::string, std::vector<std::string>> options;
  std::vector<std::string> others;
};

bool is_option(const std::string& name) {
  return name == "--metadata-dir" || name == "--metadata-url" || name == "--target-name" ||
         name == "--target-base-url" || name == "--target-dir";
}

Result<Words> read_words(const std::vector<std::string>& arguments) {
  Words words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].starts_with("--")) {
      words.others.push_back(arguments[i]);
      continue;
    }
    const std::size_t equals = arguments[i].find('=');
    const std::string name = arguments[i].substr(0, equals);
    if (!is_option(name)) return fail(ErrorKind::usage, name + " is not an option of this program");
    if (equals != std::string::npos)
      words.options[name].push_back(arguments[i].substr(equals + 1));
    else if (++i < arguments.size())
      words.options[name].push_back(arguments[i]);
    else
      return fail(ErrorKind::usage, name + " needs a value");
  }
  return words;
}

std::optional<TufCommand> command_of(const std::string& word) {
  if (word == "init") return TufCommand::init;
  if (word == "refresh") return TufCommand::refresh;
  if (word == "download") return TufCommand::download;
  return std::nullopt;
}

// The one value of an option that must be there.
Result<std::string> value_of(const Words& words, const std::string& name) {
  const auto found = words.options.find(name);
  if (found == words.options.end() || found->second.back().empty())
    return fail(ErrorKind::usage, name + " is missing");
  if (found->second.size() > 1) return fail(ErrorKind::usage, name + " is given twice");
  return found->second.front();
}

std::string with_slash(const std::string& url) {
  return url.ends_with('/') ? url : url + "/";
}

Result<void> read_download(const Words& words, TufClientOptions& options) {
  Result<std::string> url = value_of(words, "--target-base-url");
  if (!url) return fail(std::move(url.error()));
  Result<std::string> folder = value_of(words, "--target-dir");
  if (!folder) return fail(std::move(folder.error()));
  const auto names = words.options.find("--target-name");
  if (names == words.options.end()) return fail(ErrorKind::usage, "--target-name is missing");
  options.target_base_url = with_slash(*url);
  options.target_dir = *folder;
  options.target_names = names->second;
  return {};
}

}  // namespace

Result<TufClientOptions> parse_tuf_client_options(const std::vector<std::string>& arguments) {
  Result<Words> words = read_words(arguments);
  if (!words) return fail(std::move(words.error()));
  const std::optional<TufCommand> command =
      words->others.empty() ? std::nullopt : command_of(words->others.front());
  if (!command) return fail(ErrorKind::usage, "the command is one of init, refresh, download");
  TufClientOptions options;
  options.command = *command;
  Result<std::string> folder = value_of(*words, "--metadata-dir");
  if (!folder) return fail(std::move(folder.error()));
  options.metadata_dir = *folder;
  const std::size_t words_wanted = *command == TufCommand::init ? 2 : 1;
  if (words->others.size() != words_wanted)
    return fail(ErrorKind::usage, words_wanted == 2 ? "init takes one file, the trusted root"
                                                    : "this command takes options only");
  if (*command == TufCommand::init) {
    options.trusted_root = words->others.back();
    return options;
  }
  Result<std::string> url = value_of(*words, "--metadata-url");
  if (!url) return fail(std::move(url.error()));
  options.metadata_url = with_slash(*url);
  if (*command == TufCommand::refresh) return options;
  Result<void> rest = read_download(*words, options);
  if (!rest) return fail(std::move(rest.error()));
  return options;
}

}  // namespace dunlin
