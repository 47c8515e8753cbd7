#include "node/toml_reader.h"

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
  std::shared_ptr<toml::table> document;  // keeps `table` alive
  const toml::table* table = nullptr;     // null: the table is missing
  std::string file;
  std::string name;  // "update", empty for the top
  std::vector<std::string> asked;
  std::optional<Error> failure;

  std::string place(const toml::node* node) const {
    const auto line = node != nullptr    ? node->source().begin.line
                      : table != nullptr ? table->source().begin.line
                                         : 0;
    return line == 0 ? file : fmt::format("{}:{}", file, line);
  }
  std::string full(std::string_view key) const {
    return name.empty() ? fmt::format("`{}`", key) : fmt::format("`{}` in [{}]", key, name);
  }
  void fail_at(const toml::node* node, const std::string& message) {
    if (!failure) failure = Error{ErrorKind::usage, {}, place(node) + ": " + message};
  }
  const toml::node* ask(std::string_view key) {
    asked.emplace_back(key);
    return table == nullptr ? nullptr : table->get(key);
  }
};

TomlReader::TomlReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
TomlReader::TomlReader(TomlReader&&) noexcept = default;
TomlReader::~TomlReader() = default;

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
  auto state = std::make_unique<State>();
  state->document = std::make_shared<toml::table>(std::move(parsed).table());
  state->table = state->document.get();
  state->file = file;
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
  const toml::node* node = state_->ask(key);
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  const std::string message = state_->full(key) + " must be a list of texts: [\"...\", \"...\"]";
  if (list == nullptr) return state_->fail_at(node, message);
  std::vector<std::string> values;
  for (const toml::node& entry : *list) {
    const auto value = entry.value_exact<std::string>();
    if (!value) return state_->fail_at(&entry, message);
    values.push_back(*value);
  }
  out = std::move(values);
}

TomlReader TomlReader::table(std::string_view key) {
  auto child = std::make_unique<State>();
  const toml::node* node = state_->ask(key);
  if (node != nullptr && node->as_table() == nullptr)
    state_->fail_at(node, fmt::format("`{0}` must be a table: [{0}]", key));
  child->document = state_->document;
  child->table = node == nullptr ? nullptr : node->as_table();
  child->file = state_->file;
  child->name = std::string(key);
  return TomlReader(std::move(child));
}

void TomlReader::reject(std::string_view key, std::string message) {
  const toml::node* node = state_->table == nullptr ? nullptr : state_->table->get(key);
  state_->fail_at(node, state_->full(key) + " " + message);
}

void TomlReader::require(std::string_view key, std::string_view why) {
  if (state_->table != nullptr && state_->table->contains(key)) return;
  state_->fail_at(nullptr, fmt::format("{} is missing: {}", state_->full(key), why));
}

Result<void> TomlReader::finish() {
  if (state_->table != nullptr) {
    const std::vector<std::string_view> known(state_->asked.begin(), state_->asked.end());
    for (const auto& [key, node] : *state_->table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      const std::string nearest = nearest_key(key.str(), known);
      state_->fail_at(&node,
                      fmt::format("unknown key {}{}", state_->full(key.str()),
                                  nearest.empty() ? fmt::format("; known keys: {}", fmt::join(known, ", "))
                                                  : fmt::format("; did you mean `{}`?", nearest)));
    }
  }
  if (state_->failure) return fail(*state_->failure);
  return {};
}

}  // namespace dunlin
