#pragma once
#include <utility>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/digest.h"

namespace dunlin {

// The first thing that was wrong with a JSON document, with the path of the field.
struct JsonFailure {
  std::optional<std::string> message;
  // Success, or bad_image with the message.
  Result<void> result() const;
};

// Reads fields of an untrusted JSON document. Like ByteReader, a wrong field is remembered (the first one
// wins) and reads as empty, so a parser reads everything and asks JsonFailure once. Holds references: the
// document and the failure must outlive it.
class JsonReader {
 public:
  // `name` is the path for messages, empty for the document itself.
  JsonReader(const nlohmann::json& value, std::string name, JsonFailure& failure)
      : value_(&value), name_(std::move(name)), failure_(&failure) {}

  bool has(const std::string& member) const;
  // A member that must be there.
  JsonReader at(const std::string& member) const;

  std::string text(std::size_t size_max = 1024) const;
  std::int64_t integer(std::int64_t min, std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  std::uint64_t size() const { return static_cast<std::uint64_t>(integer(0)); }  // below 2^63
  bool boolean() const;
  // 64 lower-case hexadecimal digits.
  Digest digest() const;
  // Lower-case hexadecimal of any length up to `size_max` bytes.
  Bytes hex(std::size_t size_max = 4096) const;
  // In order; an array or object of another type reads as empty.
  std::vector<JsonReader> elements() const;
  std::vector<std::pair<std::string, JsonReader>> members() const;

  const nlohmann::json& value() const { return *value_; }
  const std::string& name() const { return name_; }
  // "images[0].size: " + why, unless something was wrong before.
  void refuse(const std::string& why) const;

 private:
  const nlohmann::json* value_;
  std::string name_;
  JsonFailure* failure_;
};

}  // namespace dunlin
