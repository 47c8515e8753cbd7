#include "core/trust/canonical_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {

namespace {

std::string canonical(std::string_view text) {
  Result<nlohmann::json> json = parse_strict_json(text, 1 << 16);
  if (!json) return "refused: " + json.error().message;
  Result<std::string> result = to_canonical_json(*json);
  return result ? *result : "refused: " + result.error().message;
}

}  // namespace

TEST(CanonicalJson, SortsMembersAndDropsWhiteSpace) {
  EXPECT_EQ(canonical(R"( { "b" : [ 1 , 2 ] , "a" : { "d" : null , "c" : true } } )"),
            R"({"a":{"c":true,"d":null},"b":[1,2]})");
}

TEST(CanonicalJson, SortsByBytesNotByLetters) {
  EXPECT_EQ(canonical(R"({"a":1,"B":2,"":3,"aa":4,"\u00e9":5})"),
            "{\"\":3,\"B\":2,\"a\":1,\"aa\":4,\"\xC3\xA9\":5}");
}

TEST(CanonicalJson, EscapesOnlyBackslashAndQuote) {
  EXPECT_EQ(canonical(R"(["\"\\\/\n\t\u0001é"])"), "[\"\\\"\\\\/\n\t\x01\xC3\xA9\"]");
}

TEST(CanonicalJson, WritesIntegersOfAnySixtyFourBits) {
  EXPECT_EQ(canonical("[0,-1,9223372036854775807,-9223372036854775808,18446744073709551615]"),
            "[0,-1,9223372036854775807,-9223372036854775808,18446744073709551615]");
}

TEST(CanonicalJson, RefusesFractions) {
  for (const char* text : {"[1.5]", "[1.0]", "[1e3]", "[18446744073709551616]", "[-0.0]"})
    EXPECT_THAT(canonical(text), testing::StartsWith("refused")) << text;
}

TEST(StrictJson, RefusesMembersNamedTwiceAtAnyDepth) {
  EXPECT_THAT(canonical(R"({"a":1,"a":1})"), testing::HasSubstr("\"a\" twice"));
  EXPECT_THAT(canonical(R"([{"x":{"b":1,"c":2,"b":3}}])"), testing::HasSubstr("\"b\" twice"));
  EXPECT_EQ(canonical(R"([{"a":1},{"a":{"a":2}}])"), R"([{"a":1},{"a":{"a":2}}])");
}

TEST(StrictJson, RefusesDeepNestingWithoutUsingTheStack) {
  EXPECT_THAT(canonical(std::string(30'000, '[')), testing::StartsWith("refused"));
  EXPECT_THAT(canonical(std::string(100, '[') + std::string(100, ']')), testing::HasSubstr("too deeply"));
  EXPECT_EQ(canonical("[[[[]]]]"), "[[[[]]]]");
}

TEST(StrictJson, RefusesWhatIsNotOneWholeValue) {
  for (const char* text :
       {"", " ", "{", "{}x", "{} {}", "nul", "{\"a\"}", "[1,]", "\"\xFF\"", "\"\xC3\"", "'a'", "NaN"})
    EXPECT_THAT(canonical(text), testing::StartsWith("refused")) << text;
}

TEST(StrictJson, RefusesLongTexts) {
  EXPECT_TRUE(parse_strict_json("[12]", 4));
  auto refused = parse_strict_json("[123]", 4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::bad_image);
}

TEST(StrictJson, SurvivesEveryTruncationAndByte) {
  const std::string good = R"({"a":[1,-2,"x\u00e9\"\\"],"b":{"c":null,"d":true}})";
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_strict_json(good.substr(0, size), 1024)) << size;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string bad = good;
      bad[i] = static_cast<char>(byte);
      Result<nlohmann::json> json = parse_strict_json(bad, 1024);
      if (json) (void)to_canonical_json(*json);
    }
  }
}

}  // namespace dunlin
