#include "core/base/result.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace dunlin {

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorKind::usage, std::to_string(number) + " is odd");
  return number / 2;
}

Result<int> quarter(int number) {
  Result<int> first = half(number);
  if (!first) return fail(std::move(first.error()), "first half");
  return half(*first);
}

}  // namespace

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(*half(4), 2);
  ASSERT_FALSE(half(3));
  EXPECT_EQ(half(3).error().kind, ErrorKind::usage);
}

TEST(Result, KeepsTheKindAndPutsContextInFront) {
  Result<int> failed = quarter(3);

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::usage);
  EXPECT_EQ(failed.error().message, "first half: 3 is odd");
  EXPECT_EQ(quarter(6).error().message, "3 is odd");
}

TEST(Result, CarriesTheSystemsCodeAndWords) {
  errno = ENOSPC;
  Result<void> failed = fail_errno(ErrorKind::device, "writing x");

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().cause, std::errc::no_space_on_device);
  EXPECT_EQ(failed.error().message, "writing x: No space left on device");
}

TEST(Result, EveryKindHasAWord) {
  EXPECT_EQ(to_string(ErrorKind::retry_later), "retry_later");
  EXPECT_EQ(to_string(ErrorKind::bad_peer), "bad_peer");
  EXPECT_EQ(to_string(ErrorKind::bad_image), "bad_image");
  EXPECT_EQ(to_string(ErrorKind::device), "device");
  EXPECT_EQ(to_string(ErrorKind::usage), "usage");
  EXPECT_EQ(to_string(ErrorKind::cancelled), "cancelled");
}

}  // namespace dunlin
