#include "core/trust/json_reader.h"

#include <algorithm>

namespace dunlin {

namespace {

const nlohmann::json missing;

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<void> JsonFailure::result() const {
  if (message) return fail(ErrorKind::bad_image, *message);
  return {};
}

bool JsonReader::has(const std::string& member) const {
  return value_->is_object() && value_->contains(member);
}

JsonReader JsonReader::at(const std::string& member) const {
  const std::string path = name_.empty() ? member : name_ + "." + member;
  if (has(member)) return {(*value_)[member], path, *failure_};
  JsonReader none(missing, path, *failure_);
  none.refuse("is missing");
  return none;
}

std::string JsonReader::text(std::size_t size_max) const {
  if (!value_->is_string()) {
    refuse("is not a string");
    return {};
  }
  const auto& text = value_->get_ref<const std::string&>();
  if (text.size() <= size_max) return text;
  refuse("is longer than " + std::to_string(size_max) + " bytes");
  return {};
}

std::int64_t JsonReader::integer(std::int64_t min, std::int64_t max) const {
  const bool too_large =
      value_->is_number_unsigned() &&
      value_->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value_->is_number_integer() || too_large) {
    refuse("is not a whole number below 2^63");
    return min;
  }
  const auto number = value_->get<std::int64_t>();
  if (number >= min && number <= max) return number;
  refuse("is " + std::to_string(number) + ", outside " + std::to_string(min) + ".." + std::to_string(max));
  return min;
}

bool JsonReader::boolean() const {
  if (value_->is_boolean()) return value_->get<bool>();
  refuse("is not true or false");
  return false;
}

Digest JsonReader::digest() const {
  const Bytes bytes = hex(32);
  if (bytes.size() == 32) return Digest::from_bytes(std::span<const std::uint8_t, 32>(bytes.data(), 32));
  refuse("is not a SHA-256 (64 lower-case hexadecimal digits)");
  return {};
}

Bytes JsonReader::hex(std::size_t size_max) const {
  const std::string digits = text(size_max * 2);
  Result<Bytes> bytes = from_hex(digits);
  if (bytes && is_lower_hex(digits)) return std::move(*bytes);
  refuse("is not lower-case hexadecimal");
  return {};
}

std::vector<JsonReader> JsonReader::elements() const {
  std::vector<JsonReader> list;
  if (!value_->is_array()) {
    refuse("is not a list");
    return list;
  }
  for (std::size_t i = 0; i < value_->size(); ++i)
    list.emplace_back((*value_)[i], name_ + "[" + std::to_string(i) + "]", *failure_);
  return list;
}

std::vector<std::pair<std::string, JsonReader>> JsonReader::members() const {
  std::vector<std::pair<std::string, JsonReader>> list;
  if (!value_->is_object()) {
    refuse("is not an object");
    return list;
  }
  for (const auto& [key, member] : value_->items())
    list.emplace_back(key, JsonReader(member, name_.empty() ? key : name_ + "." + key, *failure_));
  return list;
}

void JsonReader::refuse(const std::string& why) const {
  if (failure_->message) return;
  failure_->message = name_.empty() ? why : name_ + " " + why;
}

}  // namespace dunlin
