#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "swarm/http_url.h"

namespace dunlin {

// The proxies of a site. Every place on the network is reached through them but those of `none`.
struct HttpProxies {
  std::optional<Url> http;   // for http URLs
  std::optional<Url> https;  // for https URLs, by CONNECT: the proxy sees names and sizes, no content
  // "host", "host:port", ".domain" and "domain" (with all below it), addresses, "10.0.0.0/8", "*".
  std::vector<std::string> none;
};

// As the variables http_proxy, https_proxy, all_proxy and no_proxy say; the last three also in capitals.
// HTTP_PROXY in capitals is not looked at: in a CGI program anybody can set it. `variable` gives a variable's
// value, or an empty text. usage: a proxy is not http://host:port; the message names the variable.
Result<HttpProxies> read_proxies(const std::function<std::string(const std::string&)>& variable);

// The proxy on the way to `url`; nothing: there is none. Pure.
std::optional<Url> proxy_for(const Url& url, const HttpProxies& proxies);

}  // namespace dunlin
