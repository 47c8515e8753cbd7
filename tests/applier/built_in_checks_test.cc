#include "applier/built_in_checks.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_process_runner.h"

namespace dunlin {

namespace {

using Complaints = std::set<std::string>;

class BuiltInChecksTest : public testing::Test {
 protected:
  Complaints of(BuiltInCheck check) {
    BuiltInChecks checks(disk_, clock_, runner_, {{"a", "/slot-a"}, {"b", "/slot-b"}},
                         {{}, std::chrono::seconds(1), {"/data", "/state"}});
    return checks.complaints(check, "b", {});
  }
  void system_is(const std::string& state) { runner_.add("systemctl is-system-running", 1, state + "\n"); }

  FakeDisk disk_;
  FakeClock clock_;
  FakeProcessRunner runner_;
};

}  // namespace

TEST_F(BuiltInChecksTest, EveryCheckHasANameThatReadsBack) {
  for (const BuiltInCheck check : built_in_checks) EXPECT_EQ(parse_built_in_check(to_string(check)), check);
  EXPECT_FALSE(parse_built_in_check("rot"));
  EXPECT_EQ(names_of_built_in_checks(), "root, services, network, node, clock, writable");
}

TEST_F(BuiltInChecksTest, NamesTheServicesThatFailed) {
  system_is("degraded");
  runner_.add("systemctl list-units --state=failed --plain --no-legend --no-pager", 0,
              "web.service loaded failed failed Web\ndb.service loaded failed failed DB\n");

  EXPECT_EQ(of(BuiltInCheck::services), (Complaints{"db.service failed", "web.service failed"}));
}

TEST_F(BuiltInChecksTest, IsContentOnceTheSystemRuns) {
  system_is("starting");
  EXPECT_EQ(of(BuiltInCheck::services), Complaints{"systemd has not started the system"});
  system_is("running");
  EXPECT_EQ(of(BuiltInCheck::services), Complaints{});
  runner_.programs.clear();
  EXPECT_EQ(of(BuiltInCheck::services).size(), 1u) << "no systemctl";
}

TEST_F(BuiltInChecksTest, LooksForADefaultRoute) {
  EXPECT_EQ(of(BuiltInCheck::network), Complaints{"there is no default route"});
  disk_.put("/proc/net/route", "eth0 00000000 0101A8C0 0003 0 0 100 00000000 0 0 0\n");
  EXPECT_EQ(of(BuiltInCheck::network), Complaints{});
}

TEST_F(BuiltInChecksTest, AsksTheNode) {
  EXPECT_EQ(of(BuiltInCheck::node), Complaints{"dunlin-node does not answer"});
  runner_.add("dunlin-node status --json", 3);
  EXPECT_EQ(of(BuiltInCheck::node), Complaints{"dunlin-node does not answer"});
  runner_.add("dunlin-node status --json", 0);
  EXPECT_EQ(of(BuiltInCheck::node), Complaints{});
}

TEST_F(BuiltInChecksTest, WritesAndTakesAwayAFileInEachFolder) {
  disk_.put("/data/keep", "");

  EXPECT_EQ(of(BuiltInCheck::writable), Complaints{"/state cannot be written"});

  EXPECT_EQ(*disk_.list("/data"), std::vector<std::string>{"keep"});
  disk_.set_capacity(0);
  EXPECT_EQ(of(BuiltInCheck::writable), (Complaints{"/data cannot be written", "/state cannot be written"}));
}

TEST_F(BuiltInChecksTest, DoubtsAClockBefore2024) {
  EXPECT_EQ(of(BuiltInCheck::clock), Complaints{});
  clock_.set_wall(WallTime(std::chrono::seconds(1'700'000'000)));
  EXPECT_EQ(of(BuiltInCheck::clock), Complaints{"the clock says it is before 2024"});
}

}  // namespace dunlin
