#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/percent_encoding.h"
#include "core/base/result.h"

namespace dunlin {

enum class UrlScheme { http, https, unix_socket };

struct Url {
  UrlScheme scheme = UrlScheme::http;
  std::string host;               // name or address without brackets; the socket's path for unix_socket
  std::uint16_t port = 0;         // 80 and 443 when the text names none
  std::string target;             // path and query, at least "/"
  std::string authority() const;  // for the Host header: "[::1]:8443", "localhost" for unix_socket
};

// "https://host:port/path?query", "unix:/path/socket:/target". usage: anything else, with the reason.
Result<Url> parse_url(std::string_view text);

// Decodes %XX; a bad escape stays as it is. `plus_is_space` for query values (HTML form encoding).
std::string percent_decode(std::string_view text, bool plus_is_space);
// "a=1&b=%20" decoded; the last value of a name wins.
std::map<std::string, std::string> parse_query(std::string_view raw);

}  // namespace dunlin
