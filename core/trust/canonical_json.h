#pragma once
#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace dunlin {

// Parses untrusted JSON more strictly than the library: the whole text is one value of at most `size_max`
// bytes, valid UTF-8, nested at most 32 deep, and no object names a member twice (two parsers would read two
// different files). bad_image otherwise.
Result<nlohmann::json> parse_strict_json(std::string_view text, std::size_t size_max);

// OLPC canonical JSON, the form that TUF signs: members sorted by name, no white space, only \ and " escaped,
// integers only. A fractional number or one beyond 64 bits fails (bad_image).
Result<std::string> to_canonical_json(const nlohmann::json& value);

// Ordinary JSON without spaces, members sorted, for files that are written: unlike the canonical form (OLPC),
// in which a line feed within a string stands as it is, every reader takes it.
std::string to_json_text(const nlohmann::json& value);

}  // namespace dunlin
