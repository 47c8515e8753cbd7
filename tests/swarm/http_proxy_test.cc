#include "swarm/http_proxy.h"

#include <map>

#include <gtest/gtest.h>

namespace dunlin {
namespace {

using Variables = std::map<std::string, std::string>;

Result<HttpProxies> read(Variables variables) {
  return read_proxies([&](const std::string& name) { return variables[name]; });
}

// The proxy's host for `url`, or "direct".
std::string way(const Variables& variables, const std::string& url) {
  const auto proxy = proxy_for(parse_url(url).value(), read(variables).value());
  return proxy ? proxy->authority() : "direct";
}

TEST(HttpProxy, EachSchemeHasItsVariable) {
  const Variables variables{{"http_proxy", "http://a:3128"}, {"HTTPS_PROXY", "b:8080"}};

  EXPECT_EQ(way(variables, "http://x/"), "a:3128");
  EXPECT_EQ(way(variables, "https://x/"), "b:8080");
  EXPECT_EQ(way({}, "https://x/"), "direct");
  EXPECT_EQ(way({{"all_proxy", "c:1"}}, "https://x/"), "c:1");
  EXPECT_EQ(way(variables, "unix:/run/x:/y"), "direct");
}

TEST(HttpProxy, WhatAnyVisitorCanSetIsNotLookedAt) {
  EXPECT_EQ(way({{"HTTP_PROXY", "evil:80"}}, "http://x/"), "direct");
}

TEST(HttpProxy, SomePlacesAreReachedDirectly) {
  Variables variables{{"https_proxy", "p:3128"}};
  variables["no_proxy"] =
      "localhost, .corp.example,lab.example 10.0.0.0/8,192.0.2.7,fd00::/8,far.example:444";
  for (const char* direct : {"https://localhost/", "https://a.corp.example/", "https://lab.example/",
                             "https://b.lab.example/", "https://10.200.3.4/", "https://192.0.2.7/",
                             "https://[fd00::1]/", "https://far.example:444/", "https://corp.example/"})
    EXPECT_EQ(way(variables, direct), "direct") << direct;
  for (const char* through : {"https://notlab.example/", "https://11.0.0.1/", "https://192.0.2.70/",
                              "https://[fe00::1]/", "https://far.example/", "https://localhost.example/"})
    EXPECT_EQ(way(variables, through), "p:3128") << through;
  variables["no_proxy"] = "*";
  EXPECT_EQ(way(variables, "https://x/"), "direct");
}

TEST(HttpProxy, NonsenseIsNamedWithItsVariable) {
  for (const char* text : {"socks5://a:1", "https://a:1", "http://user:word@a:1", "http://", "a:99999"}) {
    const auto proxies = read({{"https_proxy", text}});
    ASSERT_FALSE(proxies) << text;
    EXPECT_EQ(proxies.error().kind, ErrorKind::usage);
    EXPECT_NE(proxies.error().message.find("https_proxy"), std::string::npos);
    EXPECT_EQ(proxies.error().message.find("word"), std::string::npos);
  }
}

TEST(HttpProxy, NonsenseAmongThePlacesWithoutAProxyMatchesNothing) {
  const Variables variables{{"https_proxy", "p:1"}, {"no_proxy", "10.0.0.0/99,/8,10.0.0.0/x,,  ,10.0.0.0/"}};

  EXPECT_EQ(way(variables, "https://10.0.0.1/"), "p:1");
}

}  // namespace
}  // namespace dunlin
