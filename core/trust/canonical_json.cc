#include "core/trust/canonical_json.h"

#include <set>

namespace dunlin {

namespace {

constexpr int depth_max = 32;

using Json = nlohmann::json;

// Watches the parser: remembers the names of every open object.
class StrictnessGuard {
 public:
  bool look(int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > depth_max) complaint_ = "is nested too deeply";
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end && !open_.empty()) open_.pop_back();
    if (event == Json::parse_event_t::key && !open_.empty()) {
      const std::string& name = parsed.get_ref<const std::string&>();
      if (!open_.back().insert(name).second) complaint_ = "names the member \"" + name + "\" twice";
    }
    return complaint_.empty();
  }
  const std::string& complaint() const { return complaint_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::string complaint_;
};

void append_string(std::string& out, const std::string& text) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

bool append(std::string& out, const Json& value);

bool append_object(std::string& out, const Json& value) {
  // nlohmann::json keeps members sorted by bytes, which for UTF-8 is the order of code points.
  out += '{';
  bool first = true;
  for (const auto& [name, member] : value.items()) {
    if (!first) out += ',';
    first = false;
    append_string(out, name);
    out += ':';
    if (!append(out, member)) return false;
  }
  out += '}';
  return true;
}

bool append_array(std::string& out, const Json& value) {
  out += '[';
  bool first = true;
  for (const Json& element : value) {
    if (!first) out += ',';
    first = false;
    if (!append(out, element)) return false;
  }
  out += ']';
  return true;
}

bool append(std::string& out, const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      out += "null";
      return true;
    case Json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      return true;
    case Json::value_t::number_integer:
      out += std::to_string(value.get<std::int64_t>());
      return true;
    case Json::value_t::number_unsigned:
      out += std::to_string(value.get<std::uint64_t>());
      return true;
    case Json::value_t::string:
      append_string(out, value.get_ref<const std::string&>());
      return true;
    case Json::value_t::object:
      return append_object(out, value);
    case Json::value_t::array:
      return append_array(out, value);
    default:
      return false;
  }
}

}  // namespace

Result<Json> parse_strict_json(std::string_view text, std::size_t size_max) {
  if (text.size() > size_max)
    return fail(ErrorKind::bad_image, "has " + std::to_string(text.size()) + " bytes, at most " +
                                          std::to_string(size_max) + " are allowed");
  StrictnessGuard guard;
  auto look = [&guard](int depth, Json::parse_event_t event, Json& parsed) {
    return guard.look(depth, event, parsed);
  };
  Json value = Json::parse(text, look, false);
  if (!guard.complaint().empty()) return fail(ErrorKind::bad_image, guard.complaint());
  if (value.is_discarded()) return fail(ErrorKind::bad_image, "is not valid JSON");
  return value;
}

Result<std::string> to_canonical_json(const Json& value) {
  std::string out;
  if (!append(out, value))
    return fail(ErrorKind::bad_image,
                "has a number that is not a 64-bit integer (canonical JSON has no other)");
  return out;
}

std::string to_json_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace dunlin
