// The machine is small: every pair of phase and event is looked at, none is sampled.
#include "node/update_machine.h"

#include <fstream>
#include <set>
#include <sstream>

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

std::vector<Phase> all_phases() {
  std::vector<Phase> phases;
  for (int i = 0; i < phase_count; ++i) phases.push_back(static_cast<Phase>(i));
  return phases;
}

std::vector<Event> all_events() {
  std::vector<Event> events;
  for (int i = 0; i < event_count; ++i) events.push_back(static_cast<Event>(i));
  return events;
}

std::string repository_file(const std::string& name) {
  std::ifstream file(std::string(DUNLIN_TEST_DATA) + "/../../" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(UpdateMachine, AnswersEveryPairAsItsTableSays) {
  std::size_t answered = 0;
  for (Phase phase : all_phases()) {
    for (Event event : all_events()) {
      const std::optional<Transition> row = step(phase, event);
      if (!row) continue;
      ++answered;
      EXPECT_EQ(row->from, phase);
      EXPECT_EQ(row->event, event);
    }
  }
  EXPECT_EQ(answered, update_transitions().size());
}

TEST(UpdateMachine, CanBeStartedInEveryPhase) {
  for (Phase phase : all_phases()) EXPECT_TRUE(step(phase, Event::started)) << to_string(phase);
}

TEST(UpdateMachine, FollowsARunningTrialFromEveryPhase) {
  for (Phase phase : all_phases()) {
    const std::optional<Transition> row = step(phase, Event::trial_running);
    ASSERT_TRUE(row) << to_string(phase);
    EXPECT_EQ(row->effect, Effect::watch_trial);
  }
}

TEST(UpdateMachine, ReachesEveryPhaseFromIdle) {
  std::set<Phase> reached = {Phase::idle};
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const Transition& row : update_transitions()) {
      if (reached.contains(row.from)) reached.insert(row.to);
    }
  }
  EXPECT_EQ(reached.size(), static_cast<std::size_t>(phase_count));
}

TEST(UpdateMachine, HasAWayBackToCheckingFromEveryPhase) {
  for (Phase start : all_phases()) {
    std::set<Phase> reached = {start};
    for (std::size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const Transition& row : update_transitions()) {
        if (reached.contains(row.from)) reached.insert(row.to);
      }
    }
    EXPECT_TRUE(reached.contains(Phase::checking)) << to_string(start);
  }
}

TEST(UpdateMachine, ConfirmsOnlyAfterATrialOrACheck) {
  for (const Transition& row : update_transitions()) {
    if (row.to != Phase::confirmed || row.from == Phase::confirmed) continue;
    EXPECT_TRUE(row.event == Event::trial_confirmed || row.event == Event::up_to_date)
        << to_string(row.event);
  }
}

TEST(UpdateMachine, ArmsOnlyWhatWasVerified) {
  for (const Transition& row : update_transitions()) {
    if (row.event == Event::committed) {
      EXPECT_EQ(row.from, Phase::verifying);
    }
    if (row.effect == Effect::commit) {
      EXPECT_EQ(row.event, Event::segments_written);
    }
  }
}

TEST(UpdateMachine, ReadsBackTheNamesItWrites) {
  for (Phase phase : all_phases()) EXPECT_EQ(phase_from_string(to_string(phase)), phase);
  EXPECT_FALSE(phase_from_string("dreaming"));
}

TEST(UpdateMachine, IsPrintedIntoItsDocumentation) {
  EXPECT_NE(repository_file("docs/node.md").find(transitions_as_markdown()), std::string::npos)
      << "docs/node.md must hold:\n"
      << transitions_as_markdown();
}

}  // namespace
}  // namespace dunlin
