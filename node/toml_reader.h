#pragma once
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace dunlin {

// The key of `known` that is most like `given` (few letters changed), or empty when none is close.
std::string nearest_key(std::string_view given, const std::vector<std::string_view>& known);

// One table of a TOML file, read key by key. Remembers the first failure and which keys were asked for, so
// that a reader is a list of assignments followed by one finish(). Messages begin with "file:line: ".
class TomlReader {
 public:
  // Fails with usage when the text is not TOML.
  static Result<TomlReader> parse(std::string_view text, const std::string& file);
  TomlReader(TomlReader&&) noexcept;
  ~TomlReader();

  // Leaves `out` alone when the key is missing; a wrong type or range is a failure.
  void text(std::string_view key, std::string& out);
  void boolean(std::string_view key, bool& out);
  void integer(std::string_view key, std::int64_t minimum, std::int64_t maximum, std::int64_t& out);
  // The index of the text within `choices`.
  void choice(std::string_view key, std::initializer_list<std::string_view> choices, std::size_t& out);
  void text_list(std::string_view key, std::vector<std::string>& out);
  // The table of that name (an empty one when missing). Its failures count as ours once it is finished.
  TomlReader table(std::string_view key);
  // A failure found by the caller, placed at the line of `key`.
  void reject(std::string_view key, std::string message);
  void require(std::string_view key, std::string_view why);

  // Success, or the first failure; keys nobody asked for are failures.
  Result<void> finish();

 private:
  struct State;
  explicit TomlReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace dunlin
