#include "swarm/mirror_offer.h"

namespace dunlin {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;

using Tenths = BeaconAge::value_type;

TEST(MirrorNews, NeverMakesALookSeemYounger) {
  const SteadyTime now{1h};
  const OwnMirror own{8080, 12, 1, false, now - 1'201ms};

  EXPECT_EQ(news_at(own, now).wan_age, Tenths(13));
  EXPECT_EQ(news_at(own, own.wan_checked.value()).wan_age, Tenths(0));
  EXPECT_EQ(news_at(OwnMirror{}, now).wan_age, std::nullopt);
}

TEST(MirrorNews, AgesLongerThanABeaconCanSayAreTheOldest) {
  const OwnMirror own{8080, 12, 1, false, SteadyTime{}};

  EXPECT_EQ(news_at(own, SteadyTime{24h * 365 * 20}).wan_age, Tenths(0xfffffffe));
}

TEST(MirrorNews, AreWhateverChangedButALookGrowingOlder) {
  const MirrorNews before{8080, 12, 1, false, Tenths(20)};
  MirrorNews now = before;

  now.wan_age = Tenths(25);
  EXPECT_FALSE(is_news(before, now));
  now.wan_age = Tenths(1);
  EXPECT_TRUE(is_news(before, now));
  now = before;
  now.stock = 2;
  EXPECT_TRUE(is_news(before, now));
  now = before;
  now.asks_wan = true;
  EXPECT_TRUE(is_news(before, now));
}

}  // namespace
}  // namespace dunlin
