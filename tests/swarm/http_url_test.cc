#include "swarm/http_url.h"

#include <gtest/gtest.h>

#include "swarm/http_range.h"
#include "swarm/static_files.h"

namespace dunlin {
namespace {

TEST(HttpUrl, ReadsHostPortAndTarget) {
  const Result<Url> url = parse_url("https://seeder.example:8443/a/b?c=d");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, UrlScheme::https);
  EXPECT_EQ(url->host, "seeder.example");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a/b?c=d");
}

TEST(HttpUrl, ReadsIpv6InBracketsAndWritesThemBack) {
  const Result<Url> url = parse_url("http://[::1]:81");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority(), "[::1]:81");
  EXPECT_EQ(url->target, "/");
}

TEST(HttpUrl, ReadsUnixSocketPathAndTarget) {
  const Result<Url> url = parse_url("unix:/run/dunlin/node.sock:/v1/status");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, UrlScheme::unix_socket);
  EXPECT_EQ(url->host, "/run/dunlin/node.sock");
  EXPECT_EQ(url->target, "/v1/status");
}

TEST(HttpUrl, RefusesWhatItCannotReach) {
  for (const char* text : {"", "ftp://x/", "https://", "https://:1/", "http://h:0/", "http://h:65536/",
                           "http://h:8x/", "http://user@h/", "http://[::1/", "http://[::1]x/",
                           "unix:relative:/x", "unix:/no-target", "http://h/a b", "http://h/a\r\nX: y"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(HttpUrl, DecodesEscapesAndLeavesBadOnesAlone) {
  EXPECT_EQ(percent_decode("a%20b%2Fc%zz%4", false), "a b/c%zz%4");
  EXPECT_EQ(percent_decode("%41", false), "A");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
}

TEST(HttpUrl, EncodesSoThatDecodingGivesTheSameBytes) {
  std::string all;
  for (int value = 0; value < 256; ++value) all += static_cast<char>(value);

  EXPECT_EQ(percent_decode(percent_encode(all), true), all);
}

TEST(HttpUrl, TheLastValueOfAQueryNameWins) {
  const auto query = parse_query("a=1&b&&a=2&c=%26");

  EXPECT_EQ(query.at("a"), "2");
  EXPECT_EQ(query.at("b"), "");
  EXPECT_EQ(query.at("c"), "&");
}

struct RangeCase {
  const char* header;
  RangeAnswer::Kind kind;
  std::uint64_t offset;
  std::uint64_t length;
};

TEST(HttpRange, AnswersEveryFormOfTheHeader) {
  using Kind = RangeAnswer::Kind;
  const RangeCase cases[] = {
      {"", Kind::whole, 0, 100},
      {"bytes=0-0", Kind::part, 0, 1},
      {"bytes=10-19", Kind::part, 10, 10},
      {"bytes=90-", Kind::part, 90, 10},
      {"bytes=-5", Kind::part, 95, 5},
      {"bytes=-500", Kind::part, 0, 100},
      {"bytes=99-1000", Kind::part, 99, 1},
      {"bytes=100-", Kind::unsatisfiable, 0, 0},
      {"bytes=-0", Kind::unsatisfiable, 0, 0},
      {"bytes=5-4", Kind::whole, 0, 100},
      {"bytes=0-1,3-4", Kind::whole, 0, 100},
      {"lines=0-1", Kind::whole, 0, 100},
      {"bytes=x-1", Kind::whole, 0, 100},
      {"bytes=", Kind::whole, 0, 100},
      {"bytes=-", Kind::whole, 0, 100},
      {"bytes=99999999999999999999-", Kind::whole, 0, 100},
      {"bytes=0-18446744073709551615", Kind::part, 0, 100},
  };
  for (const RangeCase& c : cases) {
    const RangeAnswer answer = answer_range(c.header, 100);
    EXPECT_EQ(answer.kind, c.kind) << c.header;
    EXPECT_EQ(answer.offset, c.offset) << c.header;
    EXPECT_EQ(answer.length, c.length) << c.header;
  }
}

TEST(HttpRange, WorksBeyondFourGibibytes) {
  const RangeAnswer answer = answer_range("bytes=5000000000-5000000009", 6'000'000'000);

  EXPECT_EQ(answer.offset, 5'000'000'000u);
  EXPECT_EQ(answer.length, 10u);
}

TEST(StaticFiles, MapsOnlyPathsBelowTheRoot) {
  EXPECT_EQ(path_below("/srv", "/a/b.json"), "/srv/a/b.json");
  for (const std::string path : {"", "a", "/", "//a", "/a/", "/../etc/passwd", "/a/../../b", "/./a",
                                 "/.hidden", "/a/.git/config", "/a\\..\\b"}) {
    EXPECT_EQ(path_below("/srv", path), std::nullopt) << path;
  }
  EXPECT_EQ(path_below("/srv", std::string_view("/a\0b", 4)), std::nullopt);
}

}  // namespace
}  // namespace dunlin
