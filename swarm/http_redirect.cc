#include "swarm/http_redirect.h"

#include <algorithm>

namespace dunlin {

namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

bool tells_who_we_are(const std::string& header) {
  const std::string name = lower_case(header);
  return name == "authorization" || name == "cookie" || name == "proxy-authorization";
}

std::string_view scheme_of(const Url& url) {
  return url.scheme == UrlScheme::https ? "https:" : "http:";
}

// Removes "." and ".." (RFC 3986 section 5.2.4).
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> parts;
  bool ends_in_folder = false;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    ends_in_folder = part == "." || part == "..";
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!ends_in_folder) parts.push_back(part);
    at = end + 1;
  }
  std::string out;
  for (const std::string_view part : parts) out += "/" + std::string(part);
  return ends_in_folder || out.empty() ? out + "/" : out;
}

std::string target_of(const Url& base, std::string_view reference) {
  const std::string_view old = std::string_view(base.target).substr(0, base.target.find('?'));
  if (reference.starts_with('?') || reference.empty()) return std::string(old) + std::string(reference);
  const std::size_t query = std::min(reference.find('?'), reference.size());
  const std::string_view path = reference.substr(0, query);
  const std::string folder = path.starts_with('/') ? "" : std::string(old.substr(0, old.rfind('/') + 1));
  return without_dots(folder + std::string(path)) + std::string(reference.substr(query));
}

}  // namespace

Result<std::string> resolve_reference(const Url& base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  const std::size_t colon = reference.find(':');
  const bool has_scheme = colon != std::string_view::npos && colon < reference.find_first_of("/?");
  std::string text;
  if (has_scheme)
    text = reference;
  else if (reference.starts_with("//"))
    text = std::string(scheme_of(base)) + std::string(reference);
  else
    text = std::string(scheme_of(base)) + "//" + base.authority() + target_of(base, reference);
  Result<Url> url = parse_url(text);
  if (!url) return fail(std::move(url.error()));
  if (url->scheme == UrlScheme::unix_socket) return fail(ErrorKind::usage, "not a place on the network");
  return text;
}

Result<std::optional<HttpRequest>> redirected(const HttpRequest& request, const HttpResponse& answer) {
  const bool may_follow = request.method == "GET" || request.method == "HEAD";
  const auto location = answer.headers.find("location");
  if (!is_redirect(answer.status) || !may_follow || location == answer.headers.end())
    return std::optional<HttpRequest>();
  Result<Url> base = parse_url(request.url);
  if (!base || base->scheme == UrlScheme::unix_socket) return std::optional<HttpRequest>();
  Result<std::string> target = resolve_reference(*base, location->second);
  if (!target) return fail(ErrorKind::bad_peer, "redirected to nowhere: " + target.error().message);
  const Url there = parse_url(*target).value();
  if (base->scheme == UrlScheme::https && there.scheme != UrlScheme::https)
    return fail(ErrorKind::bad_peer, "redirected to " + *target + ", which is not encrypted");
  HttpRequest next = request;
  next.url = std::move(*target);
  if (there.authority() != base->authority())
    std::erase_if(next.headers, [](const auto& header) { return tells_who_we_are(header.first); });
  return std::optional<HttpRequest>(std::move(next));
}

}  // namespace dunlin
