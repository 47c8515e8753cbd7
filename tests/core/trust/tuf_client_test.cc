// TUF specification 5.4 to 5.6: timestamp, snapshot, targets; and whole bundles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/trust/tuf_world.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(const Result<void>& result) {
  return result ? "accepted" : result.error().message;
}

// The refusal of a bundle by a fresh client.
std::string refusal(const TufWorld& world, const MetadataBundle& bundle) {
  TrustedMetadata client = world.client();
  return refusal(client.update(bundle, world.now));
}

}  // namespace

TEST(TufClient, AcceptsAWholeBundle) {
  TufWorld world;
  TrustedMetadata client = world.client();

  auto updated = client.update(world.bundle(), world.now);

  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(client.targets().at("file.txt").size, 5u);
  EXPECT_EQ(client.targets().at("file.txt").sha256, sha256(as_bytes("hello")));
  EXPECT_EQ(client.trusted_files().timestamp, world.timestamp_file());
  EXPECT_TRUE(client.check_fresh(world.now));
}

TEST(TufClient, TellsStepByStepWhatToFetch) {
  TufWorld world;
  world.snapshot_version = 4;
  world.targets_version = 6;
  TrustedMetadata client = world.client();
  EXPECT_FALSE(client.expected_snapshot().has_value());

  ASSERT_TRUE(client.update_timestamp(world.timestamp_file(), world.now));
  EXPECT_FALSE(client.expected_targets().has_value());
  auto snapshot = client.expected_snapshot();
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->version, 4);
  EXPECT_EQ(snapshot->length, world.snapshot_file().size());
  EXPECT_EQ(snapshot->sha256, sha256(as_bytes(world.snapshot_file())));

  ASSERT_TRUE(client.update_snapshot(world.snapshot_file(), world.now));
  EXPECT_EQ(client.expected_targets()->version, 6);
  EXPECT_EQ(client.expected_targets()->sha256, sha256(as_bytes(world.targets_file())));

  ASSERT_TRUE(client.update_targets(world.targets_file(), world.now));
  EXPECT_EQ(client.versions().targets, 6);
}

TEST(TufClient, RefusesFilesOutOfOrder) {
  TufWorld world;
  TrustedMetadata client = world.client();

  EXPECT_THAT(refusal(client.update_snapshot(world.snapshot_file(), world.now)), StartsWith("snapshot: "));
  EXPECT_THAT(refusal(client.update_targets(world.targets_file(), world.now)), StartsWith("targets: "));
}

// Arbitrary software: files that the role's keys did not sign.
TEST(TufClient, RefusesFilesOfOtherKeysAndNamesTheRole) {
  for (const char* role : {"timestamp", "snapshot", "targets"}) {
    TufWorld world;
    TrustedMetadata client = world.client();
    world.keys[role] = {key_number(role, 42)};

    EXPECT_THAT(refusal(client.update(world.bundle(), world.now)),
                StartsWith(std::string(role) + ": has 0 valid"));
  }
}

TEST(TufClient, RefusesFilesOfAnotherRolesKey) {
  TufWorld world;
  TrustedMetadata client = world.client();
  world.keys["targets"] = world.keys.at("timestamp");

  EXPECT_THAT(refusal(client.update(world.bundle(), world.now)), StartsWith("targets: has 0 valid"));
}

TEST(TufClient, WantsTheThresholdOfEachRole) {
  for (const char* role : {"timestamp", "snapshot", "targets"}) {
    TufWorld world;
    world.keys[role].push_back(key_number(role, 42));
    world.thresholds[role] = 2;
    TrustedMetadata client = world.client();
    EXPECT_TRUE(TrustedMetadata(client).update(world.bundle(), world.now));

    world.keys[role].pop_back();

    EXPECT_THAT(refusal(client.update(world.bundle(), world.now)),
                StartsWith(std::string(role) + ": has 1 valid signatures of the role's keys, needs 2"));
  }
}

// 5.5.2 and 5.6.2: hashes and lengths, where given.
TEST(TufClient, RefusesASnapshotOrTargetsFileThatIsNotTheOneNamed) {
  TufWorld world;
  MetadataBundle bundle = world.bundle();
  bundle.snapshot += " ";
  EXPECT_THAT(refusal(world, bundle), AllOf(StartsWith("snapshot: has"), HasSubstr("bytes, expected")));

  bundle = world.bundle();
  TufWorld other = world;
  other.targets["file.txt"]["length"] = 6;
  bundle.targets = other.targets_file();
  EXPECT_EQ(refusal(world, bundle), "targets: has another SHA-256 than expected");
}

TEST(TufClient, ChecksSha512WhenOnlyThatIsGiven) {
  TufWorld world;
  const std::string snapshot = world.snapshot_file();
  const auto with_sha512 = [&](Json& body) {
    body["meta"]["snapshot.json"]["hashes"] = {{"sha512", to_hex(sha512(as_bytes(snapshot)))}};
  };
  const auto with_wrong_sha512 = [&](Json& body) {
    body["meta"]["snapshot.json"]["hashes"] = {{"sha512", std::string(128, '0')}};
  };
  const auto with_short_sha512 = [&](Json& body) {
    body["meta"]["snapshot.json"]["hashes"] = {{"sha512", "00"}};
  };
  const auto with_unknown = [&](Json& body) {
    body["meta"]["snapshot.json"]["hashes"] = {{"blake2b", std::string(128, '0')}};
  };

  EXPECT_EQ(refusal(world, world.bundle_with_timestamp(with_sha512)), "accepted");
  EXPECT_THAT(refusal(world, world.bundle_with_timestamp(with_wrong_sha512)), HasSubstr("SHA-512"));
  EXPECT_THAT(refusal(world, world.bundle_with_timestamp(with_short_sha512)), HasSubstr("SHA-512"));
  EXPECT_THAT(refusal(world, world.bundle_with_timestamp(with_unknown)),
              HasSubstr("neither sha256 nor sha512"));
}

TEST(TufClient, HashesAndLengthsAreOptional) {
  TufWorld world;
  const auto bare = [](Json& body) {
    body["meta"].begin().value().erase("hashes");
    body["meta"].begin().value().erase("length");
  };

  EXPECT_EQ(refusal(world, world.bundle_with_timestamp(bare)), "accepted");
  EXPECT_EQ(refusal(world, world.bundle_with_snapshot(bare)), "accepted");
}

TEST(TufClient, RefusesWrongForms) {
  TufWorld world;
  const auto timestamp = [&](const TufWorld::Edit& edit) {
    return refusal(world, world.bundle_with_timestamp(edit));
  };
  const auto snapshot = [&](const TufWorld::Edit& edit) {
    return refusal(world, world.bundle_with_snapshot(edit));
  };
  const auto targets = [&](const TufWorld::Edit& edit) {
    return refusal(world, world.bundle_with_targets(edit));
  };

  EXPECT_THAT(timestamp([](Json& b) { b["_type"] = "snapshot"; }), StartsWith("timestamp: _type"));
  EXPECT_THAT(timestamp([](Json& b) { b["spec_version"] = "2.0"; }), StartsWith("timestamp: spec_version"));
  EXPECT_THAT(timestamp([](Json& b) { b["meta"] = Json::object(); }),
              HasSubstr("meta.snapshot.json is missing"));
  EXPECT_THAT(timestamp([](Json& b) { b["meta"]["snapshot.json"]["version"] = 0; }),
              HasSubstr("meta.snapshot.json.version"));
  EXPECT_THAT(timestamp([](Json& b) { b["meta"]["snapshot.json"]["length"] = -1; }), HasSubstr("length"));
  EXPECT_THAT(snapshot([](Json& b) { b["_type"] = "targets"; }), StartsWith("snapshot: _type"));
  EXPECT_THAT(snapshot([](Json& b) { b["meta"].erase("targets.json"); }),
              HasSubstr("does not list targets.json"));
  EXPECT_THAT(snapshot([](Json& b) { b["meta"] = 5; }), StartsWith("snapshot: meta"));
  EXPECT_THAT(targets([](Json& b) { b["_type"] = "root"; }), StartsWith("targets: _type"));
  EXPECT_THAT(targets([](Json& b) { b.erase("targets"); }), HasSubstr("targets is missing"));
  EXPECT_THAT(targets([](Json& b) { b["targets"]["file.txt"].erase("length"); }),
              HasSubstr("length is missing"));
  EXPECT_THAT(targets([](Json& b) { b["targets"]["file.txt"]["hashes"] = Json::object(); }),
              HasSubstr("hashes is empty"));
  EXPECT_THAT(targets([](Json& b) { b["targets"]["file.txt"]["hashes"]["sha256"] = "AB"; }),
              HasSubstr("sha256"));
  EXPECT_EQ(targets([](Json& b) { b["colour"] = "blue"; }), "accepted");
}

TEST(TufClient, BoundsTheSizeOfEveryFile) {
  TufWorld world;
  const auto padded = [](std::size_t size) {
    return [size](Json& b) { b["padding"] = std::string(size, 'x'); };
  };

  EXPECT_THAT(refusal(world, world.bundle_with_timestamp(padded(16 * 1024))), HasSubstr("timestamp: has"));
  EXPECT_EQ(refusal(world, world.bundle_with_timestamp(padded(15 * 1024))), "accepted");
  EXPECT_THAT(refusal(world, world.bundle_with_snapshot(padded(2 << 20))), HasSubstr("at most 2097152"));
  EXPECT_THAT(refusal(world, world.bundle_with_targets(padded(5 << 20))), HasSubstr("at most 5242880"));
}

// Of a bundle that fails at any file, nothing is taken.
TEST(TufClient, ABundleIsTakenWholeOrNotAtAll) {
  TufWorld world;
  TrustedMetadata client = world.updated_client();
  world.raise_all();
  world.root_version = 2;
  for (int broken = 0; broken < 4; ++broken) {
    MetadataBundle bundle = world.bundle();
    bundle.roots = {world.root()};
    std::string* files[] = {bundle.roots.data(), &bundle.timestamp, &bundle.snapshot, &bundle.targets};
    files[broken]->back() = 'x';

    EXPECT_FALSE(client.update(bundle, world.now));

    EXPECT_EQ(client.versions().root, 1);
    EXPECT_EQ(client.versions().timestamp, 1);
    EXPECT_EQ(client.versions().targets, 1);
  }
}

TEST(TufClient, PassesOverRootsItTrustsAlready) {
  TufWorld world;
  TrustedMetadata behind = world.client();
  TrustedMetadata ahead = world.client();
  MetadataBundle bundle;
  for (std::int64_t version : {2, 3, 4}) {
    world.root_version = version;
    bundle.roots.push_back(world.root());
    if (version < 4) {
      ASSERT_TRUE(ahead.update_root(world.root()));
    }
  }
  const std::vector<std::string> roots = bundle.roots;
  bundle = world.bundle();
  bundle.roots = roots;

  EXPECT_TRUE(behind.update(bundle, world.now));
  EXPECT_TRUE(ahead.update(bundle, world.now));
  EXPECT_EQ(ahead.versions().root, 4);
  EXPECT_EQ(ahead.trusted_files().roots, behind.trusted_files().roots);
}

TEST(TufClient, IsFreshOnlyWhenTheFilesBelongTogether) {
  TufWorld world;
  TrustedMetadata client = world.client();
  EXPECT_FALSE(client.check_fresh(world.now));
  ASSERT_TRUE(client.update(world.bundle(), world.now));
  world.raise_all();

  ASSERT_TRUE(client.update_timestamp(world.timestamp_file(), world.now));
  EXPECT_THAT(refusal(client.check_fresh(world.now)), StartsWith("snapshot: timestamp names a newer one"));
  ASSERT_TRUE(client.update_snapshot(world.snapshot_file(), world.now));
  EXPECT_THAT(refusal(client.check_fresh(world.now)), StartsWith("targets: snapshot names a newer one"));
  ASSERT_TRUE(client.update_targets(world.targets_file(), world.now));
  EXPECT_TRUE(client.check_fresh(world.now));
}

TEST(TufClient, AcceptsFilesWithWhiteSpaceAndForeignOrder) {
  TufWorld world;
  Json timestamp = Json::parse(world.timestamp_file());
  MetadataBundle bundle = world.bundle();
  bundle.timestamp = " { \"signed\" : " + timestamp["signed"].dump(2) +
                     ",\n\"signatures\":" + timestamp["signatures"].dump() + ", \"more\": 1 }\n";

  EXPECT_EQ(refusal(world, bundle), "accepted");
}

}  // namespace dunlin
