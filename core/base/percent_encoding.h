#pragma once
#include <string>
#include <string_view>

namespace dunlin {

// Encodes everything but RFC 3986 unreserved characters: letters, digits and - . _ ~.
std::string percent_encode(std::string_view text);

}  // namespace dunlin
