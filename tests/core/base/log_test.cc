#include "core/base/log.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {

namespace {

template <class Action>
std::string captured(Action action) {
  testing::internal::CaptureStderr();
  action();
  return testing::internal::GetCapturedStderr();
}

}  // namespace

TEST(Log, WritesKeysAndValuesOnOneLine) {
  const std::string text = captured([] {
    log_info("slot written", {{"slot", "b"}, {"bytes", std::uint64_t{5}}, {"ok", true}, {"offset", -1}});
  });

  EXPECT_THAT(text, testing::HasSubstr("slot written slot=b bytes=5 ok=true offset=-1\n"));
}

TEST(Log, QuotesValuesThatNeedIt) {
  const std::string text = captured([] {
    log_info("x", {{"a", "two words"}, {"b", "say \"no\""}, {"c", ""}, {"d", "back\\slash"}, {"e", "k=v"}});
  });

  EXPECT_THAT(text, testing::HasSubstr(R"(x a="two words" b="say \"no\"" c="" d="back\\slash" e="k=v")"));
}

TEST(Log, AValueCannotStartALine) {
  const std::string text = captured([] { log_info("x", {{"a", "one\n<3>forged\r\nline"}}); });

  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 0);
}

TEST(Log, GivesTheErrorsMessage) {
  const Error error{ErrorKind::device, {}, "writing slot b: full"};

  EXPECT_THAT(captured([&] {
                log_error("failed", {{"reason", error}});
              }),
              testing::HasSubstr("reason=\"writing slot b: full\""));
}

TEST(Log, DropsLinesBelowItsLevel) {
  EXPECT_EQ(captured([] { log_debug("hidden"); }), "");
  set_log_level(LogLevel::error);
  EXPECT_EQ(captured([] { log_warning("hidden"); }), "");
  set_log_level(LogLevel::debug);
  EXPECT_THAT(captured([] { log_debug("shown"); }), testing::HasSubstr("shown"));
  set_log_level(LogLevel::info);
}

TEST(Log, GivesJournaldItsPriorities) {
  ::setenv("JOURNAL_STREAM", "1:2", 1);
  const std::string text = captured([] {
    log_info("i");
    log_warning("w");
    log_error("e");
  });
  ::unsetenv("JOURNAL_STREAM");

  for (const char* line : {"<6>i\n", "<4>w\n", "<3>e\n"}) {
    EXPECT_THAT(text, testing::HasSubstr(line));
  }
}

}  // namespace dunlin
