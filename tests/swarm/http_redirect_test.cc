#include "swarm/http_redirect.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

std::string resolved(const std::string& base, const std::string& reference) {
  const Result<std::string> url = resolve_reference(parse_url(base).value(), reference);
  return url ? *url : "refused";
}

TEST(HttpRedirect, UnderstandsEveryKindOfReference) {
  const std::string base = "https://a.example:8443/packs/old/x.pack?v=1";
  EXPECT_EQ(resolved(base, "http://b.example/y"), "http://b.example/y");
  EXPECT_EQ(resolved(base, "//b.example/y"), "https://b.example/y");
  EXPECT_EQ(resolved(base, "/y?z#part"), "https://a.example:8443/y?z");
  EXPECT_EQ(resolved(base, "y"), "https://a.example:8443/packs/old/y");
  EXPECT_EQ(resolved(base, "../y"), "https://a.example:8443/packs/y");
  EXPECT_EQ(resolved(base, "./../../../y/."), "https://a.example:8443/y/");
  EXPECT_EQ(resolved(base, "?v=2"), "https://a.example:8443/packs/old/x.pack?v=2");
  EXPECT_EQ(resolved(base, ""), "https://a.example:8443/packs/old/x.pack");
}

TEST(HttpRedirect, RefusesWhatIsNoPlaceOnTheNetwork) {
  for (const char* text :
       {"ftp://b.example/y", "unix:/run/x:/y", "https://", "//", "javascript:x", "https://a b/"})
    EXPECT_EQ(resolved("https://a.example/x", text), "refused") << text;
}

struct Redirected : testing::Test {
  Redirected() {
    request.url = "https://a.example/x";
    request.headers = {{"Authorization", "secret"}, {"COOKIE", "me"}, {"Accept", "all"}};
    request.range = HttpRange{5, 7};
    answer.status = 302;
  }
  Result<std::optional<HttpRequest>> to(const std::string& location) {
    answer.headers["location"] = location;
    return redirected(request, answer);
  }
  HttpRequest request;
  HttpResponse answer;
};

TEST_F(Redirected, TakesTheRangeAlongAndLeavesSecretsBehindWhenTheHostChanges) {
  const auto same = to("/y");
  const auto other = to("https://b.example/y");

  ASSERT_TRUE(same && *same && other && *other);
  EXPECT_EQ((*same)->headers.size(), 3u);
  EXPECT_EQ((*other)->headers.size(), 1u);
  EXPECT_EQ((*other)->range->offset, 5u);
}

TEST_F(Redirected, NeverLeadsFromEncryptedToPlain) {
  const auto plain = to("http://a.example/x");

  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().kind, ErrorKind::bad_peer);
}

TEST_F(Redirected, OnlyReadingFollows) {
  request.method = "POST";
  EXPECT_FALSE(to("/y").value());
  request.method = "HEAD";
  EXPECT_TRUE(to("/y").value());
  for (const int status : {200, 206, 300, 304, 404}) {
    answer.status = status;
    EXPECT_FALSE(to("/y").value()) << status;
  }
  answer.status = 307;
  answer.headers.clear();
  EXPECT_FALSE(redirected(request, answer).value());
}

}  // namespace
}  // namespace dunlin
