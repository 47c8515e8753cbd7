// The choice of a leader: small state spaces are walked through completely; the longer stories use devices
// that hear each other perfectly. Loss and partitions are simulations/leadership.
#include "swarm/leadership.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

constexpr std::uint64_t size = 8'000;

Candidate candidate(const std::string& id) {
  Candidate out;
  out.device_id = id;
  out.instance = std::hash<std::string>()(id);
  out.can_lead = true;
  return out;
}

std::vector<Candidate> all_candidates(const std::string& id) {
  std::vector<Candidate> out;
  for (const std::uint64_t progress : {0, 1'000, 8'000}) {
    for (const std::uint32_t term : {0, 1, 2}) {
      for (const std::uint8_t give_ways : {std::uint8_t{0}, std::uint8_t{1}}) {
        for (int flags = 0; flags < 16; ++flags) {
          Candidate each = candidate(id);
          each.progress = progress;
          each.term = term;
          each.give_ways = give_ways;
          each.leads = (flags & 1) != 0;
          each.can_lead = (flags & 2) != 0;
          each.complete = (flags & 4) != 0;
          each.reluctant = (flags & 8) != 0;
          out.push_back(each);
        }
      }
    }
  }
  return out;
}

TEST(HoldOffAfter, IsWhatIsMissingOfTheTimeThatNeighboursNeedToBeHeard) {
  EXPECT_EQ(hold_off_after(0ms), 1'500ms);
  EXPECT_EQ(hold_off_after(600ms), 900ms);
}

TEST(HoldOffAfter, IsNeverSoShortThatThoseWhoBeginAtTheSameMomentAreNotHeard) {
  EXPECT_EQ(hold_off_after(1'200ms), 500ms);
  EXPECT_EQ(hold_off_after(1h), 500ms);
  EXPECT_EQ(hold_off_after(std::chrono::milliseconds::max()), 500ms);
}

TEST(Election, OrdersEveryPairStrictly) {
  for (const Candidate& a : all_candidates("a")) {
    for (const Candidate& b : all_candidates("b"))
      EXPECT_NE(leads_before(a, b, size), leads_before(b, a, size));
  }
}

TEST(Election, EveryoneWhoSeesTheSameClaimsHoldsTheSame) {
  const auto all_a = all_candidates("a");
  const auto all_b = all_candidates("b");
  for (const Candidate& a : all_a) {
    for (const Candidate& b : all_b) {
      const std::vector<Candidate> one{a, b};
      const std::vector<Candidate> other{b, a};
      const Candidate* first = holding_claim(one);
      const Candidate* second = holding_claim(other);
      ASSERT_EQ(first == nullptr, second == nullptr);
      if (!first) continue;
      EXPECT_EQ(first->device_id, second->device_id);
      EXPECT_TRUE(first->leads && first->can_lead && !first->complete);
    }
  }
}

// Devices that hear each other at every step.
struct Site {
  struct Device {
    Candidate says;
    Leadership leadership;
    bool alive = true;
    bool wan_works = true;
  };

  void add(const std::string& id) {
    devices.push_back(Device{candidate(id), Leadership(LeadershipTimes(), size, now)});
  }

  void run(std::chrono::seconds duration) {
    for (const SteadyTime end = now + duration; now < end; now += 250ms) {
      for (Device& device : devices) {
        if (!device.alive) continue;
        std::vector<Candidate> others;
        for (const Device& other : devices) {
          if (other.alive && &other != &device) others.push_back(other.says);
        }
        if (device.leadership.leads() && device.wan_works) ++device.says.progress;
        device.leadership.step(device.says, others, now);
        device.says.leads = device.leadership.leads();
        device.says.term = device.leadership.term();
        device.says.give_ways = device.leadership.give_ways();
        changes += device.says.leads && leader != device.says.device_id ? 1 : 0;
        if (device.says.leads) leader = device.says.device_id;
      }
    }
  }

  std::vector<std::string> leaders() const {
    std::vector<std::string> out;
    for (const Device& device : devices) {
      if (device.alive && device.leadership.leads()) out.push_back(device.says.device_id);
    }
    return out;
  }

  SteadyTime now{1h};
  std::vector<Device> devices;
  std::string leader;
  int changes = 0;
};

struct LeadershipTest : testing::Test {
  LeadershipTest() {
    for (const char* id : {"a", "b", "c", "d"}) site.add(id);
  }
  Site site;
};

TEST_F(LeadershipTest, ListensBeforeTheFirstClaim) {
  site.run(1s);
  EXPECT_TRUE(site.leaders().empty());

  site.run(1s);
  EXPECT_EQ(site.leaders(), std::vector<std::string>{"a"});
}

TEST_F(LeadershipTest, PrefersTheOneWithMoreProgress) {
  site.devices[2].says.progress = size / 2;

  site.run(3s);

  EXPECT_EQ(site.leaders(), std::vector<std::string>{"c"});
}

TEST_F(LeadershipTest, NeverChoosesOneThatMayNotUseTheWan) {
  site.devices[0].says.can_lead = false;

  site.run(3s);

  EXPECT_EQ(site.leaders(), std::vector<std::string>{"b"});
}

TEST_F(LeadershipTest, AReluctantOneLeadsOnlyWhileNobodyElseCan) {
  for (std::size_t i = 0; i < 3; ++i) site.devices[i].says.reluctant = true;

  site.run(3s);
  EXPECT_EQ(site.leaders(), std::vector<std::string>{"d"});

  site.devices[3].says.can_lead = false;
  site.run(5s);
  EXPECT_EQ(site.leaders(), std::vector<std::string>{"a"});
}

TEST_F(LeadershipTest, AReluctantLeaderIsRelievedWithinSeconds) {
  site.run(3s);
  ASSERT_EQ(site.leaders(), std::vector<std::string>{"a"});

  site.devices[0].says.reluctant = true;
  site.run(3s);
  EXPECT_EQ(site.leaders(), std::vector<std::string>{"b"});

  site.run(30s);
  EXPECT_EQ(site.leaders(), std::vector<std::string>{"b"});
  EXPECT_EQ(site.changes, 2);
}

TEST_F(LeadershipTest, WhoTriedInVainDoesNotRelieveAReluctantOne) {
  for (std::size_t i = 1; i < 4; ++i) {
    site.devices[i].says.reluctant = false;
    site.devices[i].wan_works = false;
  }
  site.devices[0].says.reluctant = true;

  site.run(60s);

  EXPECT_EQ(site.leaders(), std::vector<std::string>{"a"});
  EXPECT_LE(site.changes, 4);
}

TEST_F(LeadershipTest, KeepsItsLeaderWhenABetterOneComes) {
  site.run(3s);
  site.add("0");

  site.run(30s);

  EXPECT_EQ(site.leaders(), std::vector<std::string>{"a"});
  EXPECT_EQ(site.changes, 1);
}

TEST_F(LeadershipTest, ReplacesADeadLeaderAtOnce) {
  site.run(3s);
  site.devices[0].alive = false;

  site.run(1s);

  EXPECT_EQ(site.leaders(), std::vector<std::string>{"b"});
}

TEST_F(LeadershipTest, ALeaderWithoutProgressGivesWayAndDoesNotComeBack) {
  site.devices[0].wan_works = false;

  site.run(60s);

  EXPECT_EQ(site.leaders(), std::vector<std::string>{"b"});
  EXPECT_EQ(site.changes, 2) << "a, then b for good";
}

TEST_F(LeadershipTest, TheOnlyOneLeftNeverGivesWay) {
  for (std::size_t i = 1; i < 4; ++i) site.devices[i].says.can_lead = false;
  site.devices[0].wan_works = false;

  site.run(60s);

  EXPECT_EQ(site.leaders(), std::vector<std::string>{"a"});
  EXPECT_EQ(site.changes, 1);
}

TEST_F(LeadershipTest, EveryoneGetsATurnWhileTheWanIsDownForAll) {
  for (auto& device : site.devices) device.wan_works = false;
  site.run(60s);
  for (auto& device : site.devices) EXPECT_GT(device.leadership.give_ways(), 0) << device.says.device_id;

  site.devices[2].wan_works = true;
  for (int i = 0; i < 90 && site.leader != "c"; ++i) site.run(1s);
  site.run(10s);

  EXPECT_EQ(site.leaders(), std::vector<std::string>{"c"});
}

TEST(Leadership, AfterMostOutagesTheOneThatReadBeforeGoesOn) {
  int goes_on = 0;
  int outages = 0;
  for (std::chrono::seconds outage = 20s; outage < 180s; outage += 3s, ++outages) {
    Site site;
    for (const char* id : {"a", "b"}) site.add(id);
    site.devices[0].says.can_lead = false;
    site.run(10s);
    ASSERT_EQ(site.leader, "b");
    site.devices[0].says.can_lead = true;
    for (auto& device : site.devices) device.wan_works = false;
    site.run(outage);
    for (auto& device : site.devices) device.wan_works = true;
    const int before = site.changes;
    site.run(10s);
    goes_on += site.leader == "b" && site.changes == before ? 1 : 0;
  }
  EXPECT_GE(goes_on * 10, outages * 7) << "its neighbour would read again what was cut";
}

TEST_F(LeadershipTest, ALiarThatLeadsWithoutProgressIsIgnored) {
  Candidate liar = candidate("0");
  liar.leads = true;
  liar.term = 1'000;
  liar.progress = 1;
  Leadership honest(LeadershipTimes(), size, site.now);
  SteadyTime now = site.now;
  for (const SteadyTime end = now + 30s; now < end; now += 250ms) honest.step(candidate("a"), {liar}, now);

  EXPECT_TRUE(honest.leads());
}

TEST_F(LeadershipTest, ALiarThatCouldLeadButNeverDoesDelaysTheRestOnly) {
  Candidate liar = candidate("0");
  Leadership honest(LeadershipTimes(), size, site.now);
  SteadyTime now = site.now;
  for (const SteadyTime end = now + 5s; now < end; now += 250ms) honest.step(candidate("a"), {liar}, now);

  EXPECT_TRUE(honest.leads());
}

TEST_F(LeadershipTest, ALeaderThatShowsProgressButGivesNothingIsIgnored) {
  Candidate liar = candidate("0");
  liar.leads = true;
  liar.term = 5;
  Leadership honest(LeadershipTimes(), size, site.now);
  SteadyTime now = site.now;
  for (const SteadyTime end = now + 90s; now < end; now += 250ms) {
    ++liar.progress;
    honest.step(candidate("a"), {liar}, now);
  }

  EXPECT_TRUE(honest.leads());
}

TEST_F(LeadershipTest, ALiarUnderEverNewNamesDelaysForMinutesOnly) {
  Candidate liar = candidate("0");
  liar.leads = true;
  Leadership honest(LeadershipTimes(), size, site.now);
  SteadyTime now = site.now;
  Candidate self = candidate("a");
  self.instance = 64;  // its turn comes first
  for (const SteadyTime end = now + 310s; now < end; now += 250ms) {
    ++liar.instance;
    ++liar.term;
    honest.step(self, {liar}, now);
  }

  EXPECT_TRUE(honest.leads());
}

TEST_F(LeadershipTest, OnceALiarUnderEverNewNamesIsKnownHalfOfTheTimeIsOurs) {
  Candidate liar = candidate("0");
  liar.leads = true;
  Leadership honest(LeadershipTimes(), size, site.now);
  Candidate self = candidate("a");
  self.instance = 64;  // its turn comes first
  int led = 0;
  for (SteadyTime now = site.now; now < site.now + 1'300s; now += 250ms) {
    ++liar.instance;
    ++liar.term;
    if (honest.leads()) ++self.progress;
    led += honest.leads() && now > site.now + 700s ? 1 : 0;
    honest.step(self, {liar}, now);
  }

  EXPECT_GT(led, 4 * 600 / 3) << "of 4 steps a second in ten minutes";
}

TEST_F(LeadershipTest, InAnOutageOfAnHourHardlyEverTwoLeadAtOnce) {
  for (auto& device : site.devices) device.wan_works = false;
  int steps_of_two = 0;
  for (int i = 0; i < 3'600; ++i) {
    site.run(1s);
    steps_of_two += site.leaders().size() > 1 ? 1 : 0;
  }

  EXPECT_LT(steps_of_two, 3'600 / 4);
}

TEST_F(LeadershipTest, ALeaderThatLosesItsLinkIsFollowedByAnotherWithinFourSeconds) {
  site.run(10s);
  ASSERT_EQ(site.leaders(), std::vector<std::string>{"a"});

  site.devices[0].wan_works = false;
  site.run(4s);

  ASSERT_EQ(site.leaders(), std::vector<std::string>{"b"});
}

TEST_F(LeadershipTest, AThinLinkIsGivenTheTimeItNeeds) {
  site.run(10s);
  site.devices[0].leadership.set_patience(10s);
  site.devices[0].wan_works = false;

  site.run(9s);
  EXPECT_EQ(site.leaders(), std::vector<std::string>{"a"});
  site.run(2s);
  EXPECT_EQ(site.leaders(), std::vector<std::string>{"b"});
}

TEST_F(LeadershipTest, ALeaderFarAheadThatPassesNothingOnIsIgnoredSooner) {
  Candidate liar = candidate("0");
  liar.leads = true;
  liar.term = 5;
  liar.progress = 300 * 1024;
  Leadership honest(LeadershipTimes(), 1u << 30, site.now);
  SteadyTime now = site.now;
  for (const SteadyTime end = now + 16s; now < end; now += 250ms) {
    ++liar.progress;
    honest.step(candidate("a"), {liar}, now);
  }

  EXPECT_TRUE(honest.leads());
}

TEST_F(LeadershipTest, OfTwoLeadersTheOneWithTheHigherTermStays) {
  for (const std::uint32_t foreign_term : {1u, 2u}) {
    Leadership own(LeadershipTimes(), size, site.now);
    own.step(candidate("b"), {}, site.now + 2s);
    ASSERT_TRUE(own.leads());
    Candidate foreign = candidate("c");
    foreign.leads = true;
    foreign.term = foreign_term;

    own.step(candidate("b"), {foreign}, site.now + 3s);

    EXPECT_EQ(own.leads(), foreign_term == 1) << "with equal terms the lower id stays";
  }
}

TEST(Leadership, WhenTheHoursOfASiteBeginItsDevicesHearEachOtherBeforeOneClaims) {
  SteadyTime now{1h};
  Candidate self = candidate("b");
  Candidate other = candidate("a");
  Leadership leadership({}, size, now);
  for (int i = 0; i < 10; ++i) {
    self.can_lead = other.can_lead = false;
    leadership.step(self, {other}, now += 1s);
  }

  self.can_lead = true;
  leadership.step(self, {other}, now += 1s);
  EXPECT_FALSE(leadership.leads()) << "the other one may be able as well, and has not said so yet";
  other.can_lead = true;
  leadership.step(self, {other}, now += 400ms);
  leadership.step(self, {other}, now += 400ms);

  EXPECT_FALSE(leadership.leads()) << "the other one comes first";
}

TEST(Leadership, WhoeverWantsMoreLaterDoesNotCallAPresentLeaderHopeless) {
  Leadership here({}, size, SteadyTime());
  Candidate self = candidate("b");
  self.complete = true;
  Candidate leader = candidate("a");
  leader.leads = true;
  leader.term = 3;
  SteadyTime now{};
  for (now = SteadyTime(); now < SteadyTime(1h); now += 1s) {
    leader.progress += 1;
    here.step(self, {leader}, now);
  }

  self.complete = false;
  here.step(self, {leader}, now);
  here.step(self, {leader}, now + 1s);

  EXPECT_FALSE(here.leads());
  EXPECT_EQ(here.leader(), "a");
}

TEST(Leadership, ThoseWhoWantMoreAtTheSameMomentClaimByRank) {
  Leadership first({}, size, SteadyTime());
  Leadership second({}, size, SteadyTime());
  Candidate a = candidate("a");
  Candidate b = candidate("b");
  a.complete = b.complete = true;
  first.step(a, {b}, SteadyTime(1h));
  second.step(b, {a}, SteadyTime(1h));

  a.complete = b.complete = false;
  first.step(a, {b}, SteadyTime(1h) + 250ms);
  second.step(b, {a}, SteadyTime(1h) + 250ms);

  EXPECT_TRUE(first.leads());
  EXPECT_FALSE(second.leads());
}

}  // namespace
}  // namespace dunlin
