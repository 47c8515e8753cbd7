#pragma once
#include <cstdint>
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

// A TOML file, read key by key, and each of its tables. Remembers the first failure and which keys were asked
// for, so that a reader is a list of assignments followed by one finish() of the whole file. Messages begin
// with "file:line: ". Copies speak of the same table. Not for several threads at once.
class TomlReader {
 public:
  // Total. Fails with usage when the text is not TOML; `file` is its name in messages.
  static Result<TomlReader> parse(std::string_view text, const std::string& file);

  // Each leaves `out` alone when the key is missing; a wrong type or range is a failure.
  void text(std::string_view key, std::string& out);
  void boolean(std::string_view key, bool& out);
  void integer(std::string_view key, std::int64_t minimum, std::int64_t maximum, std::int64_t& out);
  // The index of the text within `choices`.
  void choice(std::string_view key, std::initializer_list<std::string_view> choices, std::size_t& out);
  void text_list(std::string_view key, std::vector<std::string>& out);
  void integer_list(std::string_view key, std::int64_t minimum, std::int64_t maximum,
                    std::vector<std::int64_t>& out);
  // The table of that name; one that is not there reads as an empty one.
  TomlReader table(std::string_view key);
  // Every [[key]] or inline table of a list, in order.
  std::vector<TomlReader> tables(std::string_view key);
  bool is_there() const;
  // A failure found by the caller, placed at the line of `key`.
  void reject(std::string_view key, const std::string& message);
  // A failure unless this table has the key; `why` says what to write.
  void require(std::string_view key, std::string_view why);

  // For the reader of the whole file: success, or a failure found in it or any table that was asked for. Keys
  // nobody asked for are failures, and come first: a misspelt key is also a missing one.
  Result<void> finish();

 private:
  struct State;
  explicit TomlReader(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace dunlin
