#include "applier/self_test_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

class SelfTestRecordTest : public testing::Test {
 protected:
  SelfTestRecordTest() {
    disk_.put("/state/keep", "");
    disk_.sync_all();
  }
  SelfTestRecord next(const std::string& title) {
    return {disk_, SelfTestRecord::next_path(disk_, "/state/self-tests"), title};
  }
  std::string text(std::size_t back = 0) {
    return disk_.get_text(SelfTestRecord::path_of(disk_, "/state/self-tests", back)).value_or("nothing");
  }

  FakeDisk disk_;
};

}  // namespace

TEST_F(SelfTestRecordTest, TellsOfEveryCheckWhatItPrintedAndHowItEnded) {
  SelfTestRecord record = next("trial of 2 in slot b");
  record.started("10-app");
  record.ended("10-app", "passed", "one\ntwo");
  record.started("20-net");
  record.ended("20-net", "failed with code 1", "");

  EXPECT_EQ(text(),
            "trial of 2 in slot b\n10-app: started\n  one\n  two\n10-app: passed\n20-net: started\n"
            "20-net: failed with code 1\n");
}

TEST_F(SelfTestRecordTest, NamesTheCheckThatRanWhenThePowerWent) {
  SelfTestRecord record = next("trial of 2 in slot b");
  record.started("10-app");
  record.ended("10-app", "passed", "fine");
  record.started("20-hangs");

  disk_.restart(Unsynced::lost, 0);

  EXPECT_THAT(text(), testing::EndsWith("  fine\n10-app: passed\n20-hangs: started\n"));
}

TEST_F(SelfTestRecordTest, KeepsTheNewestTwoRuns) {
  for (int run = 1; run <= 12; ++run) next("run " + std::to_string(run));

  EXPECT_EQ(disk_.list("/state/self-tests")->size(), 2u);
  EXPECT_EQ(text(0), "run 12\n");
  EXPECT_EQ(text(1), "run 11\n");
  EXPECT_EQ(SelfTestRecord::path_of(disk_, "/state/self-tests", 2), "");
  EXPECT_EQ(SelfTestRecord::next_path(disk_, "/state/self-tests"), "/state/self-tests/run-000013.txt");
}

TEST_F(SelfTestRecordTest, LeavesForeignFilesAlone) {
  disk_.put("/state/self-tests/run-x.txt", "mine");
  disk_.put("/state/self-tests/run-.txt", "mine");
  disk_.put("/state/self-tests/notes", "mine");

  for (int run = 1; run <= 3; ++run) next("run");

  EXPECT_EQ(disk_.list("/state/self-tests")->size(), 5u);
}

TEST_F(SelfTestRecordTest, NoProgramCanWriteLinesOfOursOrControlATerminal) {
  SelfTestRecord record = next("trial");
  record.ended("10-app", "failed with code 1", "\x1b[2J10-app: passed\r\n\x7f\ttab\n\nlast");

  EXPECT_EQ(text(), "trial\n  ?[2J10-app: passed\n  ?\ttab\n\n  last\n10-app: failed with code 1\n");
}

TEST_F(SelfTestRecordTest, IsBoundedWhateverIsPrinted) {
  SelfTestRecord record = next("trial");
  for (int check = 0; check < 40; ++check)
    record.ended("check", "passed", std::string(65'536, '\n') + std::string(1000, 'x'));

  EXPECT_LT(text().size(), (1u << 20) + 40 * 64);
  EXPECT_THAT(text(), testing::EndsWith("  [left out: this file is long enough]\ncheck: passed\n"));
}

TEST_F(SelfTestRecordTest, ADiskThatTakesNothingCostsTheRecordOnly) {
  disk_.set_capacity(0);
  SelfTestRecord record = next("trial");
  record.started("10-app");
  record.ended("10-app", "passed", "words");
}

TEST_F(SelfTestRecordTest, WritesNothingWithoutAFolder) {
  SelfTestRecord record(disk_, SelfTestRecord::next_path(disk_, ""), "trial");
  record.started("10-app");

  EXPECT_EQ(SelfTestRecord::path_of(disk_, "", 0), "");
  EXPECT_EQ(disk_.list("/state")->size(), 1u);
}

}  // namespace dunlin
