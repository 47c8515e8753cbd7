#include "core/trust/version.h"

#include <gtest/gtest.h>

namespace dunlin {

// In rising order, every pair of it; where there is no hyphen (dpkg's revisions), dpkg --compare-versions
// agrees.
TEST(Version, OrdersLikeDebianUpstreamVersions) {
  const std::vector<std::string> rising = {"0~~",
                                           "0~",
                                           "0",
                                           "0a",
                                           "0.1",
                                           "1.0~~rc1",
                                           "1.0~rc1",
                                           "1.0~rc2",
                                           "1.0",
                                           "1.0a",
                                           "1.0aa",
                                           "1.0b",
                                           "1.0+1",
                                           "1.0-1",
                                           "1.0.1",
                                           "1.2",
                                           "1.9",
                                           "1.10",
                                           "1.10a1",
                                           "1.10a2",
                                           "1.10a10",
                                           "2",
                                           "10",
                                           "2026.07.3",
                                           "2026.07.12",
                                           "99999999999999999999",
                                           "100000000000000000000"};
  for (std::size_t i = 0; i < rising.size(); ++i)
    for (std::size_t j = 0; j < rising.size(); ++j)
      EXPECT_EQ(compare_versions(rising[i], rising[j]), i <=> j) << rising[i] << " and " << rising[j];
}

TEST(Version, IgnoresLeadingZeros) {
  EXPECT_EQ(compare_versions("1.0", "1.00"), std::strong_ordering::equal);
  EXPECT_EQ(compare_versions("01.2", "1.02"), std::strong_ordering::equal);
  EXPECT_EQ(compare_versions("1", "1.0"), std::strong_ordering::less);
}

TEST(Version, TheEndOfTheTextCountsAsNumberNought) {
  EXPECT_EQ(compare_versions("1.", "1.0"), std::strong_ordering::equal);
  EXPECT_EQ(compare_versions("", "0"), std::strong_ordering::equal);
  EXPECT_EQ(compare_versions("", ""), std::strong_ordering::equal);
}

TEST(Version, AcceptsOnlyItsAlphabetAndLength) {
  EXPECT_TRUE(check_version("1.0~rc1+git-20260101"));
  EXPECT_TRUE(check_version(std::string(64, '1')));
  EXPECT_FALSE(check_version(std::string(65, '1')));
  EXPECT_FALSE(check_version(""));
  for (const char* text : {"1 0", "1/0", "1_0", "1:0", "1\n", "é", "1\\0"}) {
    auto checked = check_version(text);
    ASSERT_FALSE(checked) << text;
    EXPECT_EQ(checked.error().kind, ErrorKind::usage);
  }
  EXPECT_FALSE(check_version(std::string_view("1\0", 2)));
}

}  // namespace dunlin
