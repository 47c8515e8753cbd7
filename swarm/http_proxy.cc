#include "swarm/http_proxy.h"

#include <algorithm>
#include <charconv>

#include "core/base/asio.h"

namespace dunlin {

namespace {

using Variable = std::function<std::string(const std::string&)>;

Result<std::optional<Url>> read_proxy(const Variable& variable, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::string text = variable(name);
    if (text.empty()) continue;
    if (text.find("://") == std::string::npos) text.insert(0, "http://");
    Result<Url> url = parse_url(text);
    if (url && url->scheme == UrlScheme::http) return std::optional<Url>(std::move(*url));
    return fail(ErrorKind::usage,
                "the proxy in " + name + " must be http://host:port, without a user name; mend or unset it");
  }
  return std::optional<Url>();
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(", ", at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// "10.0.0.0/8" holds 10.1.2.3.
bool network_holds(const std::string& network, const asio::ip::address& address) {
  const std::size_t slash = network.find('/');
  if (slash == std::string::npos) return false;
  error_code code;
  const auto base = asio::ip::make_address(network.substr(0, slash), code);
  unsigned bits = 0;
  const char* const last = network.data() + network.size();
  const auto [end, failure] = std::from_chars(network.data() + slash + 1, last, bits);
  if (code || failure != std::errc() || end != last || base.is_v4() != address.is_v4()) return false;
  const auto holds = [bits](const auto& one, const auto& other) {
    if (bits > one.size() * 8) return false;
    for (unsigned bit = 0; bit < bits; ++bit) {
      if (((one[bit / 8] ^ other[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
    }
    return true;
  };
  if (base.is_v4()) return holds(base.to_v4().to_bytes(), address.to_v4().to_bytes());
  return holds(base.to_v6().to_bytes(), address.to_v6().to_bytes());
}

bool is_meant(const std::string& entry, const Url& url) {
  if (entry == "*" || entry == url.host || entry == url.authority()) return true;
  error_code code;
  const auto address = asio::ip::make_address(url.host, code);
  if (!code) return network_holds(entry, address);
  const std::string domain = entry.starts_with('.') ? entry : "." + entry;
  return url.host.ends_with(domain) || "." + url.host == domain;
}

}  // namespace

Result<HttpProxies> read_proxies(const Variable& variable) {
  HttpProxies out;
  Result<std::optional<Url>> http = read_proxy(variable, {"http_proxy", "all_proxy", "ALL_PROXY"});
  if (!http) return fail(std::move(http.error()));
  Result<std::optional<Url>> https =
      read_proxy(variable, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  if (!https) return fail(std::move(https.error()));
  out.http = std::move(*http);
  out.https = std::move(*https);
  const std::string none = variable("no_proxy");
  out.none = split_list(none.empty() ? variable("NO_PROXY") : none);
  return out;
}

std::optional<Url> proxy_for(const Url& url, const HttpProxies& proxies) {
  if (url.scheme == UrlScheme::unix_socket) return std::nullopt;
  const bool direct = std::any_of(proxies.none.begin(), proxies.none.end(),
                                  [&](const std::string& entry) { return is_meant(entry, url); });
  if (direct) return std::nullopt;
  return url.scheme == UrlScheme::https ? proxies.https : proxies.http;
}

}  // namespace dunlin
