// TUF specification 5.3: the client updates its root.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/trust/tuf_world.h"

namespace dunlin {

namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(const Result<void>& result) {
  return result ? "accepted" : result.error().message;
}

std::string start_refusal(const std::string& root) {
  auto metadata = TrustedMetadata::from_root(root);
  return metadata ? "accepted" : metadata.error().message;
}

std::vector<SigningKey> both(const std::vector<SigningKey>& left, const std::vector<SigningKey>& right) {
  std::vector<SigningKey> keys = left;
  keys.insert(keys.end(), right.begin(), right.end());
  return keys;
}

}  // namespace

TEST(TufRoot, StartsFromARootThatSignsItself) {
  TufWorld world;

  auto metadata = TrustedMetadata::from_root(world.root());

  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->versions().root, 1);
  EXPECT_TRUE(metadata->consistent_snapshot());
  EXPECT_EQ(metadata->root_json(), world.root());
  EXPECT_TRUE(metadata->targets().empty());
}

TEST(TufRoot, RefusesAnInitialRootThatItsKeysDidNotSign) {
  TufWorld world;

  EXPECT_THAT(start_refusal(world.root_signed_by({key_number("root", 99)})), StartsWith("root: has 0 valid"));
  EXPECT_THAT(start_refusal(world.root_signed_by({})), StartsWith("root: has 0 valid"));
}

// 5.3.1 and 5.3.10: an old initial root is a start; only the end of the chain must be valid.
TEST(TufRoot, StartsFromAnExpiredRoot) {
  TufWorld world;
  TrustedMetadata client = world.client();
  world.root_version = 2;
  world.expires = at("2027-01-01T00:00:00Z");

  EXPECT_THAT(refusal(client.finish_root(at("2026-08-01T00:00:00Z"))),
              StartsWith("root: expired at 2026-07-01"));
  ASSERT_TRUE(client.update_root(world.root()));
  EXPECT_TRUE(client.finish_root(at("2026-08-01T00:00:00Z")));
}

TEST(TufRoot, FollowsAChainOfRotations) {
  TufWorld world;
  TrustedMetadata client = world.client();
  for (std::uint8_t step = 0; step < 5; ++step) {
    const std::vector<SigningKey> old = world.keys.at("root");
    world.keys["root"] = {key_number("root", static_cast<std::uint8_t>(50 + step))};
    ++world.root_version;
    auto updated = client.update_root(world.root_signed_by(both(old, world.keys.at("root"))));
    ASSERT_TRUE(updated) << updated.error().message;
  }

  EXPECT_EQ(client.versions().root, 6);
  EXPECT_EQ(client.trusted_files().roots.size(), 5u);
  EXPECT_TRUE(client.update(world.bundle(), world.now));
}

// 5.3.4: signed by the old root's keys and by its own.
TEST(TufRoot, WantsTheOldAndTheNewKeys) {
  TufWorld world;
  TrustedMetadata client = world.client();
  const std::vector<SigningKey> old = world.keys.at("root");
  world.keys["root"] = {key_number("root", 50)};
  world.root_version = 2;

  EXPECT_THAT(refusal(client.update_root(world.root_signed_by(old))),
              StartsWith("root, by its own keys,: has 0"));
  EXPECT_THAT(refusal(client.update_root(world.root_signed_by(world.keys.at("root")))),
              StartsWith("root: has 0"));
  EXPECT_EQ(client.versions().root, 1);
}

TEST(TufRoot, WantsTheThresholdOfBothRoots) {
  TufWorld world;
  const std::vector<SigningKey> old = {key_number("root", 1), key_number("root", 11), key_number("root", 12)};
  const std::vector<SigningKey> next = {key_number("root", 21), key_number("root", 22),
                                        key_number("root", 23)};
  world.keys["root"] = old;
  world.thresholds["root"] = 2;
  TrustedMetadata start = world.client();
  world.keys["root"] = next;
  world.root_version = 2;

  for (std::size_t olds = 0; olds <= 3; ++olds) {
    for (std::size_t nexts = 0; nexts <= 3; ++nexts) {
      TrustedMetadata client = start;
      const std::vector<SigningKey> signing =
          both({old.begin(), old.begin() + static_cast<std::ptrdiff_t>(olds)},
               {next.begin(), next.begin() + static_cast<std::ptrdiff_t>(nexts)});
      EXPECT_EQ(bool(client.update_root(world.root_signed_by(signing))), olds >= 2 && nexts >= 2)
          << olds << " old and " << nexts << " new signatures";
    }
  }
}

// 5.3.5: exactly the next version.
TEST(TufRoot, TakesTheNextVersionOnly) {
  TufWorld world;
  world.root_version = 5;
  TrustedMetadata client = world.client();
  for (std::int64_t version : {1, 4, 5, 7, 100}) {
    world.root_version = version;
    EXPECT_THAT(refusal(client.update_root(world.root())), StartsWith("root: version")) << version;
  }
  world.root_version = 4;
  EXPECT_THAT(refusal(client.update_root(world.root())), HasSubstr("rollback"));
  world.root_version = 6;
  EXPECT_TRUE(client.update_root(world.root()));
}

TEST(TufRoot, AnExpiredRootInTheMiddleOfTheChainIsAStep) {
  TufWorld world;
  TrustedMetadata client = world.client();
  world.root_version = 2;
  world.expires = at("2026-02-01T00:00:00Z");
  ASSERT_TRUE(client.update_root(world.root()));
  EXPECT_FALSE(client.finish_root(world.now));
  EXPECT_THAT(refusal(client.update_timestamp(world.timestamp_file(), world.now)),
              StartsWith("root: expired"));

  world.root_version = 3;
  world.expires = at("2026-09-01T00:00:00Z");
  ASSERT_TRUE(client.update_root(world.root()));

  EXPECT_TRUE(client.update(world.bundle(), world.now));
}

// 5.3.11: fast-forward recovery.
TEST(TufRoot, ForgetsRaisedVersionsWhenTheirKeyIsTakenAway) {
  for (const char* role : {"timestamp", "snapshot"}) {
    SCOPED_TRACE(role);
    TufWorld world;
    world.timestamp_version = world.snapshot_version = world.targets_version = 1'000'000;  // the attacker's
    TrustedMetadata client = world.updated_client();
    world.keys[role] = {key_number(role, 60)};
    world.root_version = 2;
    world.timestamp_version = world.snapshot_version = world.targets_version = 7;

    ASSERT_TRUE(client.update_root(world.root()));

    EXPECT_EQ(client.versions().timestamp, 0);
    EXPECT_EQ(client.versions().snapshot, 0);
    ASSERT_TRUE(client.update(world.bundle(), world.now));
    EXPECT_EQ(client.versions().timestamp, 7);
  }
}

TEST(TufRoot, RemembersVersionsWhenOtherKeysChange) {
  TufWorld world;
  world.timestamp_version = world.snapshot_version = 9;
  TrustedMetadata client = world.updated_client();
  const std::vector<SigningKey> old = world.keys.at("root");
  world.keys["root"] = {key_number("root", 70)};
  world.keys["timestamp"].push_back(key_number("timestamp", 71));  // one more, none taken away
  world.root_version = 2;

  ASSERT_TRUE(client.update_root(world.root_signed_by(both(old, world.keys.at("root")))));

  EXPECT_EQ(client.versions().timestamp, 9);
  world.timestamp_version = 8;
  EXPECT_THAT(refusal(client.update_timestamp(world.timestamp_file(), world.now)), HasSubstr("rollback"));
}

TEST(TufRoot, ForgetsTargetsThatItsNewKeysDoNotVouchFor) {
  TufWorld world;
  TrustedMetadata client = world.updated_client();
  ASSERT_FALSE(client.targets().empty());
  world.keys["targets"] = {key_number("targets", 80)};
  world.root_version = 2;

  ASSERT_TRUE(client.update_root(world.root()));

  EXPECT_TRUE(client.targets().empty());
  EXPECT_FALSE(client.check_fresh(world.now));
}

TEST(TufRoot, RefusesWrongForms) {
  using Json = nlohmann::json;
  TufWorld world;
  const auto refused = [&](const TufWorld::Edit& edit) { return start_refusal(world.root(edit)); };

  EXPECT_THAT(refused([](Json& b) { b["_type"] = "targets"; }), HasSubstr("_type"));
  EXPECT_THAT(refused([](Json& b) { b["version"] = 0; }), HasSubstr("version"));
  EXPECT_THAT(refused([](Json& b) { b["version"] = "1"; }), HasSubstr("version"));
  EXPECT_THAT(refused([](Json& b) { b["expires"] = "soon"; }), HasSubstr("expires"));
  EXPECT_THAT(refused([](Json& b) { b["roles"]["root"]["threshold"] = 0; }),
              HasSubstr("roles.root.threshold"));
  EXPECT_THAT(refused([](Json& b) { b["roles"]["targets"]["threshold"] = -1; }),
              HasSubstr("roles.targets.threshold"));
  EXPECT_THAT(refused([](Json& b) { b["roles"].erase("snapshot"); }), HasSubstr("roles.snapshot is missing"));
  EXPECT_THAT(refused([](Json& b) { b.erase("keys"); }), HasSubstr("keys is missing"));
  EXPECT_THAT(refused([](Json& b) { b["keys"].begin().value()["keyval"]["public"] = "00"; }),
              HasSubstr("is not an Ed25519 key"));
  EXPECT_THAT(refused([](Json& b) { b["consistent_snapshot"] = 1; }), HasSubstr("consistent_snapshot"));
  EXPECT_EQ(refused([](Json& b) { b["spec_version"] = "1.9"; }), "accepted");
  for (const char* version : {"2.0.0", "1", "1.", "11.0", "", "1.x"})
    EXPECT_THAT(refused([&](Json& b) { b["spec_version"] = version; }), HasSubstr("spec_version")) << version;
}

TEST(TufRoot, RefusesLongFiles) {
  TufWorld world;

  const std::string refused =
      start_refusal(world.root([](nlohmann::json& b) { b["padding"] = std::string(512 * 1024, 'x'); }));

  EXPECT_THAT(refused, HasSubstr("at most 524288"));
}

TEST(TufRoot, KeepsFieldsItDoesNotKnowUnderTheSignature) {
  TufWorld world;
  const std::string root = world.root([](nlohmann::json& b) { b["colour"] = {{"shade", "blue"}}; });
  ASSERT_EQ(start_refusal(root), "accepted");
  std::string bad = root;
  bad.replace(bad.find("blue"), 4, "grey");

  EXPECT_THAT(start_refusal(bad), StartsWith("root: has 0 valid"));
}

TEST(TufRoot, PassesOverKeysOfUnknownTypes) {
  TufWorld world;
  const auto with_strange_key = [](nlohmann::json& b) {
    b["keys"]["strange"] = {{"keytype", "future"}, {"scheme", "future-1"}, {"keyval", {{"public", 7}}}};
    b["roles"]["root"]["keyids"].push_back("strange");
    b["roles"]["root"]["keyids"].push_back("not listed at all");
  };

  EXPECT_EQ(start_refusal(world.root(with_strange_key)), "accepted");
}

// One key is one voice, however it is listed.
TEST(TufRoot, CountsAKeyOnce) {
  TufWorld world;
  world.thresholds["root"] = 2;
  const SigningKey key = world.keys.at("root")[0];

  EXPECT_THAT(start_refusal(world.root_signed_by({key, key})), HasSubstr("signatures[1] is one more of key"));
  const auto under_two_ids = [&](nlohmann::json& b) {
    b["keys"]["other-id"] = b["keys"][key.id()];
    b["roles"]["root"]["keyids"].push_back("other-id");
    b["roles"]["root"]["keyids"].push_back(key.id());
  };
  std::string root = world.root_signed_by({key}, under_two_ids);
  nlohmann::json file = nlohmann::json::parse(root);
  file["signatures"].push_back({{"keyid", "other-id"}, {"sig", file["signatures"][0]["sig"]}});
  EXPECT_THAT(start_refusal(file.dump()), HasSubstr("has 1 valid signatures"));

  world.keys["root"].push_back(key_number("root", 90));
  EXPECT_EQ(start_refusal(world.root()), "accepted");
}

// A wrong signature beside a right one does no harm, in either order and whatever it is made of.
TEST(TufRoot, AWrongSignatureDoesNotHideARightOne) {
  TufWorld world;
  nlohmann::json file = nlohmann::json::parse(world.root());
  nlohmann::json wrong = file["signatures"][0];
  wrong["keyid"] = "another";
  wrong["sig"] = "not even hexadecimal";

  for (const auto& order : {nlohmann::json::array({wrong, file["signatures"][0]}),
                            nlohmann::json::array({file["signatures"][0], wrong})}) {
    nlohmann::json bent = file;
    bent["signatures"] = order;
    EXPECT_EQ(start_refusal(bent.dump()), "accepted");
  }
}

TEST(TufRoot, RefusesMoreSignaturesThanAnybodyNeeds) {
  TufWorld world;
  std::vector<SigningKey> signers = world.keys.at("root");
  for (std::uint8_t number = 100; signers.size() < 64; ++number)
    signers.push_back(key_number("root", number));

  EXPECT_EQ(start_refusal(world.root_signed_by(signers)), "accepted");
  signers.push_back(key_number("root", 99));
  EXPECT_THAT(start_refusal(world.root_signed_by(signers)), HasSubstr("signatures has more than 64"));
}

}  // namespace dunlin
