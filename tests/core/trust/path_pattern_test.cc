#include "core/trust/path_pattern.h"

#include <gtest/gtest.h>

namespace dunlin {

namespace {

struct Case {
  const char* pattern;
  const char* path;
  bool fits;
};

}  // namespace

TEST(PathPattern, FitsAsGlobDoes) {
  const Case cases[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"*", "", true},
      {"*", "abc", true},
      {"**", "abc", true},
      {"?", "a", true},
      {"?", "", false},
      {"?", "ab", false},
      {"a*", "abc", true},
      {"*c", "abc", true},
      {"*b", "abc", false},
      {"a*c", "ac", true},
      {"*a*b", "xaxbxb", true},
      {"*a*b", "xbxa", false},
      {"a?c", "abc", true},
      {"*.tgz", "a.tgz", true},
      {"*.tgz", "a.tgzz", false},
      {"README", "readme", false},
  };

  for (const Case& each : cases)
    EXPECT_EQ(matches_path_pattern(each.pattern, each.path), each.fits) << each.pattern << " " << each.path;
}

TEST(PathPattern, NothingButASlashFitsASlash) {
  const Case cases[] = {
      {"*", "a/b", false},     {"?", "/", false},   {"a*b", "a/b", false},  {"*/*", "a/b", true},
      {"*/*", "a/b/c", false}, {"a/*", "a", false}, {"a/*", "a/", true},    {"[/]", "/", false},
      {"/a", "a", false},      {"/a", "/a", true},  {"a//b", "a/b", false}, {"a/*/b", "a//b", true},
  };

  for (const Case& each : cases)
    EXPECT_EQ(matches_path_pattern(each.pattern, each.path), each.fits) << each.pattern << " " << each.path;
}

TEST(PathPattern, BracketsAreSetsOfCharacters) {
  const Case cases[] = {
      {"[abc]", "b", true},   {"[abc]", "d", false}, {"[a-c]x", "bx", true}, {"[!a-c]", "d", true},
      {"[!a-c]", "a", false}, {"[]]", "]", true},    {"[!]]", "a", true},    {"[a-]", "-", true},
      {"[", "[", true},       {"[ab", "[ab", true},  {"a[", "a", false},     {"*[0-9]", "x1y2", true},
      {"[à-é]", "ä", true},   {"[a-é]", "z", true},  {"[!a]", "", false},
  };

  for (const Case& each : cases)
    EXPECT_EQ(matches_path_pattern(each.pattern, each.path), each.fits) << each.pattern << " " << each.path;
}

TEST(PathPattern, ACharacterIsAUtf8Sequence) {
  EXPECT_TRUE(matches_path_pattern("?", "é"));
  EXPECT_FALSE(matches_path_pattern("??", "é"));
  EXPECT_TRUE(matches_path_pattern("?", "\xff"));
  EXPECT_TRUE(matches_path_pattern("*é", "ééé"));
}

TEST(PathPattern, ManyStarsCostLittle) {
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "*a";

  EXPECT_FALSE(matches_path_pattern(pattern + "b", std::string(1000, 'a')));
}

}  // namespace dunlin
