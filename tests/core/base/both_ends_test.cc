#include "core/base/both_ends.h"

#include <gtest/gtest.h>

namespace dunlin {

TEST(BothEnds, KeepsAllOfAShortText) {
  BothEnds ends(10);

  ends.append("01234");
  ends.append("");
  ends.append("56789");

  EXPECT_EQ(ends.text(), "0123456789");
}

TEST(BothEnds, LeavesOutTheMiddleOfALongOneAndSaysHowMuch) {
  BothEnds ends(10);

  ends.append("0123456789ab");

  EXPECT_EQ(ends.text(), "01234\n[2 bytes left out]\n789ab");
}

// The same text in pieces of every size.
TEST(BothEnds, DoesNotDependOnHowTheTextComes) {
  std::string text;
  for (char c = ' '; c < '~'; ++c) text += c;
  BothEnds whole(16);
  whole.append(text);

  for (std::size_t step = 1; step <= text.size(); ++step) {
    BothEnds ends(16);
    for (std::size_t at = 0; at < text.size(); at += step) ends.append(text.substr(at, step));
    EXPECT_EQ(ends.text(), whole.text()) << step;
  }
}

TEST(BothEnds, KeepsNothingWhenItMayKeepNothing) {
  BothEnds ends(0);

  ends.append("abc");

  EXPECT_EQ(ends.text(), "\n[3 bytes left out]\n");
}

}  // namespace dunlin
