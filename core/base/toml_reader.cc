#include "core/base/toml_reader.h"

#include <algorithm>

#include <fmt/format.h>

// toml++ 3.3 states wrong assumptions about malformed documents ("[#"): aborted by assert, or undefined with
// NDEBUG. Here they are exceptions, which end in parse().
#undef NDEBUG
namespace dunlin {
struct TomlAssumptionBroken {};
[[noreturn]] static void toml_assumption_broken() {
  throw TomlAssumptionBroken();
}
}  // namespace dunlin
#define TOML_ASSERT(expression) (static_cast<bool>(expression) ? void(0) : ::dunlin::toml_assumption_broken())
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace dunlin {

namespace {

// Levenshtein's distance: letters to insert, remove or change.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_key(std::string_view given, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, given.size() / 3) + 1;
  for (std::string_view key : known) {
    const std::size_t distance = edit_distance(given, key);
    if (distance >= best_distance) continue;
    best = key;
    best_distance = distance;
  }
  return std::string(best);
}

struct TomlReader::State {
  // What all readers of one file share.
  struct Document {
    toml::table root;
    std::string file;
    std::optional<Error> failure;
  };
  std::shared_ptr<Document> document;
  const toml::table* table = nullptr;  // null: the table is missing
  std::string name;                    // "[update]" or "[[slot]]", empty for the top
  std::vector<std::string> asked;
  std::vector<std::shared_ptr<State>> children;

  std::string place(const toml::node* node) const {
    const auto line = node != nullptr    ? node->source().begin.line
                      : table != nullptr ? table->source().begin.line
                                         : 0;
    return line == 0 ? document->file : fmt::format("{}:{}", document->file, line);
  }
  std::string full(std::string_view key) const {
    return name.empty() ? fmt::format("`{}`", key) : fmt::format("`{}` in {}", key, name);
  }
  Error failure_at(const toml::node* node, const std::string& message) const {
    return Error{ErrorKind::usage, {}, place(node) + ": " + message};
  }
  void fail_at(const toml::node* node, const std::string& message) {
    if (!document->failure) document->failure = failure_at(node, message);
  }
  const toml::node* ask(std::string_view key) {
    asked.emplace_back(key);
    return table == nullptr ? nullptr : table->get(key);
  }
  const toml::array* ask_list(std::string_view key, const std::string& message) {
    const toml::node* node = ask(key);
    if (node != nullptr && !node->is_array()) fail_at(node, message);
    return node == nullptr ? nullptr : node->as_array();
  }
  std::shared_ptr<State> add_child(const toml::node* node, std::string child_name) {
    const toml::table* child_table = node == nullptr ? nullptr : node->as_table();
    for (const auto& known : children)
      if (child_table != nullptr && known->table == child_table) return known;
    auto child = std::make_shared<State>();
    child->document = document;
    child->table = child_table;
    child->name = std::move(child_name);
    children.push_back(child);
    return child;
  }
  // A key of this table that nobody asked for.
  std::optional<Error> unknown_here() const {
    if (table == nullptr) return std::nullopt;
    const std::vector<std::string_view> known(asked.begin(), asked.end());
    for (const auto& [key, node] : *table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      const std::string nearest = nearest_key(key.str(), known);
      const std::string hint = nearest.empty() ? fmt::format("; known keys: {}", fmt::join(known, ", "))
                                               : fmt::format("; did you mean `{}`?", nearest);
      return failure_at(&node, "unknown key " + full(key.str()) + hint);
    }
    return std::nullopt;
  }
  std::optional<Error> unknown() const {
    std::optional<Error> found = unknown_here();
    for (const auto& child : children)
      if (!found) found = child->unknown();
    return found;
  }
};

namespace {

toml::parse_result parse_toml(std::string_view text, const std::string& file, bool& broken) {
  try {
    return toml::parse(text, file);
  } catch (const TomlAssumptionBroken&) {
    broken = true;
    return toml::parse(std::string_view(), file);
  }
}

}  // namespace

Result<TomlReader> TomlReader::parse(std::string_view text, const std::string& file) {
  bool broken = false;
  toml::parse_result parsed = parse_toml(text, file, broken);
  if (broken) return fail(ErrorKind::usage, file + " is not TOML: look for a stray bracket or an empty name");
  if (!parsed) {
    const auto& error = parsed.error();
    return fail(ErrorKind::usage,
                fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
  }
  auto state = std::make_shared<State>();
  state->document = std::make_shared<State::Document>();
  state->document->root = std::move(parsed).table();
  state->document->file = file;
  state->table = &state->document->root;
  return TomlReader(std::move(state));
}

void TomlReader::text(std::string_view key, std::string& out) {
  const toml::node* node = state_->ask(key);
  if (node == nullptr) return;
  const auto value = node->value_exact<std::string>();
  if (!value) return state_->fail_at(node, state_->full(key) + " must be a text in quotes");
  out = *value;
}

void TomlReader::boolean(std::string_view key, bool& out) {
  const toml::node* node = state_->ask(key);
  if (node == nullptr) return;
  const auto value = node->value_exact<bool>();
  if (!value) return state_->fail_at(node, state_->full(key) + " must be true or false");
  out = *value;
}

void TomlReader::integer(std::string_view key, std::int64_t minimum, std::int64_t maximum,
                         std::int64_t& out) {
  const toml::node* node = state_->ask(key);
  if (node == nullptr) return;
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < minimum || *value > maximum) {
    return state_->fail_at(
        node, fmt::format("{} must be a whole number from {} to {}", state_->full(key), minimum, maximum));
  }
  out = *value;
}

void TomlReader::choice(std::string_view key, std::initializer_list<std::string_view> choices,
                        std::size_t& out) {
  const toml::node* node = state_->ask(key);
  if (node == nullptr) return;
  const auto value = node->value_exact<std::string>();
  const auto found = value ? std::find(choices.begin(), choices.end(), *value) : choices.end();
  if (found == choices.end()) {
    return state_->fail_at(node, fmt::format("{} must be one of \"{}\"", state_->full(key),
                                             fmt::join(choices.begin(), choices.end(), "\", \"")));
  }
  out = static_cast<std::size_t>(found - choices.begin());
}

void TomlReader::text_list(std::string_view key, std::vector<std::string>& out) {
  const std::string message = state_->full(key) + " must be a list of texts: [\"...\", \"...\"]";
  const toml::array* list = state_->ask_list(key, message);
  if (list == nullptr) return;
  std::vector<std::string> values;
  for (const toml::node& entry : *list) {
    const auto value = entry.value_exact<std::string>();
    if (!value) return state_->fail_at(&entry, message);
    values.push_back(*value);
  }
  out = std::move(values);
}

void TomlReader::integer_list(std::string_view key, std::int64_t minimum, std::int64_t maximum,
                              std::vector<std::int64_t>& out) {
  const std::string message =
      fmt::format("{} must be a list of whole numbers from {} to {}", state_->full(key), minimum, maximum);
  const toml::array* list = state_->ask_list(key, message);
  if (list == nullptr) return;
  std::vector<std::int64_t> values;
  for (const toml::node& entry : *list) {
    const auto value = entry.value_exact<std::int64_t>();
    if (!value || *value < minimum || *value > maximum) return state_->fail_at(&entry, message);
    values.push_back(*value);
  }
  out = std::move(values);
}

TomlReader TomlReader::table(std::string_view key) {
  const toml::node* node = state_->ask(key);
  if (node != nullptr && !node->is_table())
    state_->fail_at(node, fmt::format("`{0}` must be a table: [{0}]", key));
  return TomlReader(state_->add_child(node, fmt::format("[{}]", key)));
}

std::vector<TomlReader> TomlReader::tables(std::string_view key) {
  const std::string message = fmt::format("`{0}` must be a list of tables: [[{0}]]", key);
  const toml::array* list = state_->ask_list(key, message);
  std::vector<TomlReader> found;
  if (list == nullptr) return found;
  for (const toml::node& entry : *list) {
    if (!entry.is_table()) state_->fail_at(&entry, message);
    found.push_back(TomlReader(state_->add_child(&entry, fmt::format("[[{}]]", key))));
  }
  return found;
}

bool TomlReader::is_there() const {
  return state_->table != nullptr;
}

void TomlReader::reject(std::string_view key, const std::string& message) {
  const toml::node* node = state_->table == nullptr ? nullptr : state_->table->get(key);
  state_->fail_at(node, state_->full(key) + " " + message);
}

void TomlReader::require(std::string_view key, std::string_view why) {
  if (state_->table != nullptr && state_->table->contains(key)) return;
  state_->fail_at(nullptr, fmt::format("{} is missing: {}", state_->full(key), why));
}

Result<void> TomlReader::finish() {
  std::optional<Error> unknown = state_->unknown();
  if (unknown) return fail(std::move(*unknown));
  if (state_->document->failure) return fail(*state_->document->failure);
  return {};
}

}  // namespace dunlin
