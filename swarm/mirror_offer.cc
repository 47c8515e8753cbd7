#include "swarm/mirror_offer.h"

#include <algorithm>

namespace dunlin {

namespace {

using Tenths = BeaconAge::value_type;

// The largest value means never on the wire, so the oldest age is one less.
constexpr std::int64_t oldest = 0xfffffffe;

}  // namespace

bool is_news(const MirrorNews& before, const MirrorNews& now) {
  if (now.wan_age && (!before.wan_age || *now.wan_age < *before.wan_age)) return true;
  MirrorNews as_before = now;
  as_before.wan_age = before.wan_age;
  return as_before != before;
}

MirrorNews news_at(const OwnMirror& own, SteadyTime now) {
  MirrorNews news{own.port, own.version, own.stock, own.asks_wan, {}};
  if (!own.wan_checked) return news;
  const auto age = std::chrono::ceil<std::chrono::duration<std::int64_t, std::deci>>(now - *own.wan_checked);
  news.wan_age = Tenths(static_cast<std::uint32_t>(std::clamp<std::int64_t>(age.count(), 0, oldest)));
  return news;
}

}  // namespace dunlin
