// Every kind of clock against every kind of file, and what a device with such a clock ends up trusting.
#include "core/trust/trust_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/trust/tuf_time.h"
#include "tests/core/trust/published_repository.h"
#include "tests/core/trust/tuf_world.h"
#include "tests/fakes/rotated_key.h"

namespace dunlin {

namespace {

using std::chrono::hours;
using testing::HasSubstr;

const WallTime epoch{};
const hours day{24};

struct Row {
  const char* what;
  const char* role;
  const char* clock;
  const char* proven;  // empty: signed files say nothing
  int max_staleness_days;
  ExpiryVerdict verdict;
};

// The file in question expires at noon of the tenth of June.
constexpr Row table[] = {
    {"a right clock", "timestamp", "2026-06-10T11:59:59Z", "", 0, ExpiryVerdict::valid},
    {"the last moment", "timestamp", "2026-06-10T12:00:00Z", "", 0, ExpiryVerdict::expired},
    {"no clock, and nothing else either", "timestamp", "1970-01-01T00:00:00Z", "", 0, ExpiryVerdict::valid},
    {"no clock, and files from before", "timestamp", "1970-01-01T00:00:00Z", "2026-06-05T00:00:00Z", 0,
     ExpiryVerdict::valid},
    {"no clock, and files from after", "timestamp", "1970-01-01T00:00:00Z", "2026-06-20T00:00:00Z", 0,
     ExpiryVerdict::expired},
    {"a clock that jumped back", "snapshot", "2026-06-01T00:00:00Z", "2026-06-20T00:00:00Z", 0,
     ExpiryVerdict::expired},
    {"a clock that jumped ahead", "timestamp", "2099-01-01T00:00:00Z", "2026-06-09T00:00:00Z", 0,
     ExpiryVerdict::expired},
    {"ahead, beyond what is forgiven", "timestamp", "2099-01-01T00:00:00Z", "", 365, ExpiryVerdict::expired},
    {"a site without WAN, within its policy", "timestamp", "2026-07-01T00:00:00Z", "", 30,
     ExpiryVerdict::stale},
    {"the same of its snapshot", "snapshot", "2026-07-01T00:00:00Z", "", 30, ExpiryVerdict::stale},
    {"no clock, within the policy", "timestamp", "1970-01-01T00:00:00Z", "2026-07-01T00:00:00Z", 30,
     ExpiryVerdict::stale},
    {"the policy's last moment", "timestamp", "2026-07-10T12:00:00Z", "", 30, ExpiryVerdict::expired},
    {"targets are never forgiven", "targets", "2026-06-11T00:00:00Z", "", 30, ExpiryVerdict::expired},
    {"nor is root", "root", "2026-06-11T00:00:00Z", "", 30, ExpiryVerdict::expired},
    {"nor a delegated role", "team/snapshot", "2026-06-11T00:00:00Z", "", 30, ExpiryVerdict::expired},
};

}  // namespace

TEST(TrustTime, JudgesEveryClockByItsTable) {
  for (const Row& row : table) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(
        judge_expiry(row.role, at("2026-06-10T12:00:00Z"),
                     TrustTime(at(row.clock), day * row.max_staleness_days), parse_tuf_time(row.proven)),
        row.verdict);
  }
}

TEST(TrustTime, TheOperatorOpensEverything) {
  EXPECT_EQ(judge_expiry("root", epoch, unjudged, at("2026-06-10T12:00:00Z")), ExpiryVerdict::valid);
}

TEST(TrustTime, ADeviceWithoutAClockRemembersWhenFilesWereSigned) {
  PublishedRepository repository;
  repository.publish("1.0");
  const MetadataBundle old = repository.bundle();
  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(old, epoch));
  EXPECT_EQ(client.proven_time(), publish_time);

  repository.publish("1.1", publish_time + day * 40);
  ASSERT_TRUE(client.update(repository.bundle(), epoch));

  EXPECT_EQ(client.proven_time(), publish_time + day * 40);
  EXPECT_TRUE(client.check_fresh(epoch));
  TrustedMetadata again = repository.client();
  again.restore(client.trusted_files());
  EXPECT_EQ(again.proven_time(), client.proven_time()) << "after a restart";
}

TEST(TrustTime, AFileThatWasFrozenIsFoundOutWithoutAClock) {
  TufWorld world;
  world.snapshot_version = 2;
  TrustedMetadata client = *TrustedMetadata::from_root(world.root());
  // A timestamp of today that names a snapshot which has expired since.
  MetadataBundle bundle = world.bundle();
  bundle.timestamp = world.timestamp_of(bundle.snapshot, [](nlohmann::json& body) {
    body["expires"] = "2026-09-01T00:00:00Z";
    body[signed_at_member] = "2026-08-01T00:00:00Z";
  });

  const Result<void> updated = client.update(bundle, epoch);

  ASSERT_FALSE(updated);
  EXPECT_THAT(updated.error().message,
              HasSubstr("snapshot: expired at 2026-07-01T00:00:00Z, and other files were signed at "
                        "2026-08-01T00:00:00Z (the clock of this machine says 1970-01-01T00:00:00Z"));
}

TEST(TrustTime, AThiefsTimeIsForgottenWithTheThiefsKey) {
  PublishedRepository repository;
  repository.publish("1.0");
  ASSERT_TRUE(repository.signer.save_keys(repository.disk, "/keys"));
  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), publish_time));
  // With the stolen online keys, from another copy of the repository: a hundred years ahead.
  const WallTime far = publish_time + day * 36'500;
  RepositorySigner thief = repository.loaded();
  const auto forged = thief.renew_timestamp(far);
  MetadataBundle bundle = repository.bundle();
  bundle.snapshot = (*forged)[0].bytes;
  bundle.timestamp = (*forged)[1].bytes;
  ASSERT_TRUE(client.update_timestamp(bundle.timestamp, publish_time));
  ASSERT_EQ(client.proven_time(), far);
  ASSERT_FALSE(client.check_fresh(publish_time)) << "everything honest has expired by then";

  repository.write(*rotate_key(repository.signer, "timestamp", publish_time));

  const auto updated = client.update(repository.bundle(), publish_time);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(client.proven_time(), publish_time);
}

TEST(TrustTime, AnOperatorWhoseClockWasAheadLocksNobodyOut) {
  PublishedRepository repository;
  repository.publish("1.0");
  TrustedMetadata client = repository.client();
  repository.publish("1.1", publish_time + day * 1'000);
  ASSERT_TRUE(client.update(repository.bundle(), publish_time));

  repository.signer = repository.loaded();
  repository.publish("1.2", publish_time + day);

  const auto updated = client.update(repository.bundle(), publish_time + day);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(repository.signer.proven_time(), publish_time + day * 1'000);
}

TEST(TrustTime, AndWhenItWasAheadOfTheRootsEndANewRootMendsIt) {
  PublishedRepository repository;
  repository.publish("1.0");
  TrustedMetadata client = repository.client();
  repository.publish("1.1", publish_time + day * 3'000);
  ASSERT_TRUE(client.update(repository.bundle(), publish_time));
  repository.publish("1.2", publish_time + day);
  EXPECT_THAT(client.update(repository.bundle(), publish_time + day).error().message,
              HasSubstr("root: expired"));

  repository.write(*rotate_key(repository.signer, "root", publish_time + day));

  const auto updated = client.update(repository.bundle(), publish_time + day);
  EXPECT_TRUE(updated) << updated.error().message;
}

TEST(TrustTime, StaleMetadataCountsOnlyByThePolicyOfTheDevice) {
  PublishedRepository repository;
  repository.publish("1.0");
  TrustedMetadata client = repository.client();
  const WallTime later = publish_time + day * 20;

  EXPECT_THAT(client.update(repository.bundle(), later).error().message, HasSubstr("timestamp: expired"));
  EXPECT_FALSE(client.update(repository.bundle(), TrustTime(later, day * 10)));
  ASSERT_TRUE(client.update(repository.bundle(), TrustTime(later, day * 30)));
  EXPECT_TRUE(client.check_fresh(TrustTime(later, day * 30)));
  EXPECT_FALSE(client.check_fresh(later));
}

}  // namespace dunlin
