#include "seeder/expiry_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seeder/seeder_metrics.h"

namespace dunlin {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

const WallTime now{std::chrono::seconds(1'790'000'000)};
const RoleLifetimes lifetimes;
const RoleExpiry fresh{now + lifetimes.root, now + lifetimes.targets, now + lifetimes.snapshot,
                       now + lifetimes.timestamp};

std::vector<std::string> roles_of(const std::vector<ExpiringRole>& expiring) {
  std::vector<std::string> names;
  for (const ExpiringRole& role : expiring) names.push_back(role.role);
  return names;
}

TEST(ExpiryWatch, SaysNothingOfAFreshRepository) {
  EXPECT_TRUE(expiring_roles(fresh, lifetimes, now).empty());
}

TEST(ExpiryWatch, TellsPeopleWhenAnEighthOfWhatTheySignIsLeft) {
  const WallTime before = fresh.targets - lifetimes.targets / 8;
  RoleExpiry expiry = fresh;
  expiry.timestamp = expiry.snapshot = fresh.targets + hours(24 * 30);

  EXPECT_TRUE(expiring_roles(expiry, lifetimes, before).empty());
  const auto expiring = expiring_roles(expiry, lifetimes, before + hours(1));

  EXPECT_EQ(roles_of(expiring), std::vector<std::string>{"targets"});
  EXPECT_THAT(expiring[0].advice, HasSubstr("expires in 45 days and 14 hours; publish a release"));
}

TEST(ExpiryWatch, TellsOfATimestampThatTheServerDidNotRenew) {
  const auto expiring = expiring_roles(fresh, lifetimes, fresh.timestamp - hours(24 * 2));
  EXPECT_EQ(roles_of(expiring), std::vector<std::string>{"timestamp"});
  const auto expired = expiring_roles(fresh, lifetimes, fresh.timestamp);
  EXPECT_THAT(expired[0].advice, HasSubstr("timestamp has expired"));
}

TEST(ExpiryWatch, TellsOnceADayAndAgainAfterwards) {
  const std::vector<ExpiringRole> expiring = {{"root", now, "root expires"}};
  ExpiryWatch watch;

  EXPECT_EQ(watch.look(expiring, now).size(), 1U);
  EXPECT_TRUE(watch.look(expiring, now + hours(23)).empty());
  EXPECT_EQ(watch.look(expiring, now + hours(24)).size(), 1U);
  EXPECT_TRUE(watch.look({}, now + hours(25)).empty());
  EXPECT_EQ(watch.look(expiring, now + hours(26)).size(), 1U) << "it was well in between";
  EXPECT_EQ(watch.look(expiring, now - hours(500)).size(), 1U) << "the clock was set back";
}

TEST(SeederMetrics, NameEveryRoleAndEscapeSites) {
  SeederMetrics metrics;
  metrics.expiry = fresh;
  metrics.versions.targets = 7;
  metrics.sites["a\"b\\\n"] = 3;

  const std::string text = to_prometheus(metrics);

  for (const char* role : {"root", "targets", "snapshot", "timestamp"})
    EXPECT_THAT(text, HasSubstr(std::string("expires_seconds{role=\"") + role + "\"} 1"));
  EXPECT_THAT(text, HasSubstr("dunlin_seeder_metadata_version{role=\"targets\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("site=\"a\\\"b\\\\\\n\"} 3\n"));
}

}  // namespace
}  // namespace dunlin
