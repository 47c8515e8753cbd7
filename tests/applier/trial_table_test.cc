#include "applier/trial_table.h"

#include <gtest/gtest.h>

#include "core/base/disk.h"

namespace dunlin {

namespace {

using enum TrialPhase;
using enum TrialEvent;

constexpr std::array phases{idle, arming, armed, running, passed, confirmed, failed, fell_back};
constexpr std::array events{committed, armed_written, booted_trial_slot, waiting,     never_armed,
                            cut_short, ended,         test_passed,       test_failed, confirm_written,
                            aborted};

bool is_start_event(TrialEvent event) {
  return event == booted_trial_slot || event == waiting || event == never_armed || event == cut_short ||
         event == ended;
}

bool is_open(TrialPhase phase) {
  return phase != idle && phase != confirmed && phase != fell_back;
}

}  // namespace

TEST(TrialTable, AnswersEveryStartOfAnOpenTrialAndNoOther) {
  for (TrialPhase phase : phases)
    for (TrialEvent event : events)
      if (is_start_event(event)) {
        EXPECT_EQ(step(phase, event).has_value(), is_open(phase));
      }
}

TEST(TrialTable, ConfirmsOnlyWhatPassed) {
  for (TrialPhase phase : phases)
    for (TrialEvent event : events) {
      const auto row = step(phase, event);
      if (row && row->to == confirmed) {
        EXPECT_EQ(phase, passed);
      }
      if (row && row->effect == TrialEffect::confirm) {
        EXPECT_EQ(row->to, passed);
      }
    }
}

TEST(TrialTable, NeverTriesAgainWhatFailed) {
  for (TrialEvent event : events) {
    const auto row = step(failed, event);
    if (!row) continue;
    EXPECT_TRUE(row->to == failed || row->to == fell_back);
    EXPECT_TRUE(row->effect != TrialEffect::arm && row->effect != TrialEffect::arm_and_reboot);
  }
}

TEST(TrialTable, BeginsATrialOnlyWithACommit) {
  for (TrialPhase phase : {idle, confirmed, fell_back})
    for (TrialEvent event : events) EXPECT_EQ(step(phase, event).has_value(), event == committed);
}

TEST(TrialTable, NeverRebootsInAPhaseThatIsSettled) {
  for (TrialPhase phase : phases)
    for (TrialEvent event : events) {
      const auto row = step(phase, event);
      const bool reboots = row && (row->effect == TrialEffect::arm_and_reboot ||
                                   row->effect == TrialEffect::mark_bad_and_reboot);
      if (reboots) {
        EXPECT_TRUE(is_open(row->to));
      }
    }
}

TEST(TrialTable, ReadsEveryPhaseNameBack) {
  for (TrialPhase phase : phases) EXPECT_EQ(parse_trial_phase(to_string(phase)), phase);
  EXPECT_FALSE(parse_trial_phase("trying"));
}

TEST(TrialTable, IsWhatTheDocumentPrints) {
  PosixDisk disk;
  Result<std::string> document = read_text(disk, DUNLIN_TEST_DATA "/../../docs/trial.md", 1 << 20);

  ASSERT_TRUE(document);
  EXPECT_NE(document->find("\n" + trial_table_markdown()), std::string::npos)
      << "docs/trial.md must contain:\n"
      << trial_table_markdown();
}

}  // namespace dunlin
