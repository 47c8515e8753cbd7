#include "swarm/own_lead.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr SteadyTime start{std::chrono::hours(1)};
constexpr OwnLead::Leg asking{true, true, 0, 3s};

TEST(OwnLead, ListensBeforeItReads) {
  OwnLead lead(start, 1'500ms);

  lead.step(asking, start + 1'499ms);
  EXPECT_FALSE(lead.leads());

  lead.step(asking, start + 1'500ms);
  EXPECT_TRUE(lead.leads());
}

TEST(OwnLead, ReadsOnlyAsLongAsItMayAndLacksSomething) {
  OwnLead lead(start, 1'500ms);
  lead.step(asking, start + 2s);

  lead.step({false, false, 0, 3s}, start + 3s);

  EXPECT_FALSE(lead.leads());
}

TEST(OwnLead, IsInVainWhenNothingComesAndUntilSomethingDoes) {
  OwnLead lead(start, 1'500ms);
  lead.step({true, false, 0, 3s}, start + 2s);
  lead.step(asking, start + 4'900ms);
  EXPECT_FALSE(lead.is_vain());

  lead.step(asking, start + 5s);
  EXPECT_TRUE(lead.is_vain());
  EXPECT_TRUE(lead.leads());
  lead.step({true, false, 0, 3s}, start + 6s);
  EXPECT_TRUE(lead.is_vain());

  lead.step({true, true, 1, 3s}, start + 7s);
  EXPECT_FALSE(lead.is_vain());
}

TEST(OwnLead, IsNotInVainWhileItHasNothingToAskFor) {
  OwnLead lead(start, 1'500ms);

  for (SteadyTime now = start; now < start + 60s; now += 250ms) lead.step({true, false, 0, 3s}, now);

  EXPECT_TRUE(lead.leads());
  EXPECT_FALSE(lead.is_vain());
}

}  // namespace
}  // namespace dunlin
