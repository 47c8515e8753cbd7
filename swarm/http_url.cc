#include "swarm/http_url.h"

#include <algorithm>
#include <charconv>

#include "core/base/bytes.h"

namespace dunlin {

namespace {

bool has_unsafe_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

tl::unexpected<Error> bad_url(std::string_view text, std::string_view why) {
  return fail(ErrorKind::usage, "URL \"" + std::string(text) + "\" " + std::string(why));
}

Result<Url> parse_unix(std::string_view text) {
  const std::string_view rest = text.substr(5);
  const std::size_t split = rest.find(":/");
  if (!rest.starts_with('/') || split == std::string_view::npos)
    return bad_url(text, "must look like unix:/path/socket:/target");
  return Url{UrlScheme::unix_socket, std::string(rest.substr(0, split)), 0,
             std::string(rest.substr(split + 1))};
}

Result<std::uint16_t> parse_port(std::string_view text, std::string_view url) {
  std::uint16_t port = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (code != std::errc() || end != text.data() + text.size() || port == 0)
    return bad_url(url, "has a port that is not a number from 1 to 65535");
  return port;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Url::authority() const {
  if (scheme == UrlScheme::unix_socket) return "localhost";
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Url> parse_url(std::string_view text) {
  if (has_unsafe_characters(text)) return bad_url(text, "contains spaces or control characters");
  if (text.starts_with("unix:")) return parse_unix(text);
  Url url;
  std::string_view rest;
  if (text.starts_with("https://")) {
    url.scheme = UrlScheme::https;
    url.port = 443;
    rest = text.substr(8);
  } else if (text.starts_with("http://")) {
    url.port = 80;
    rest = text.substr(7);
  } else {
    return bad_url(text, "must start with https://, http:// or unix:/");
  }
  const std::size_t path = rest.find_first_of("/?");
  std::string_view authority = rest.substr(0, path);
  url.target = path == std::string_view::npos ? "/" : std::string(rest.substr(path));
  if (url.target.starts_with('?')) url.target.insert(0, "/");
  if (const std::size_t fragment = url.target.find('#'); fragment != std::string::npos)
    url.target.resize(fragment);
  if (authority.find('@') != std::string_view::npos) return bad_url(text, "must not contain a user name");

  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return bad_url(text, "has a '[' without ']'");
    url.host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
    if (!port.empty() && !port.starts_with(':'))
      return bad_url(text, "has something between ']' and the port");
  } else {
    const std::size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon);
  }
  if (url.host.empty()) return bad_url(text, "has no host");
  if (!port.empty()) {
    Result<std::uint16_t> number = parse_port(port.substr(1), text);
    if (!number) return fail(std::move(number.error()));
    url.port = *number;
  }
  return url;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped =
        text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 && digit_of(text[i + 2]) >= 0;
    if (escaped) {
      out += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return out;
}

std::map<std::string, std::string> parse_query(std::string_view raw) {
  std::map<std::string, std::string> query;
  while (!raw.empty()) {
    const std::size_t end = raw.find('&');
    const std::string_view pair = raw.substr(0, end);
    raw = end == std::string_view::npos ? std::string_view() : raw.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
    query[percent_decode(pair.substr(0, equals), true)] = percent_decode(value, true);
  }
  return query;
}

}  // namespace dunlin
