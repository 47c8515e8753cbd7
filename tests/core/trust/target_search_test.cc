// The search without I/O: the test hands over what is asked for. tests/tuf/delegations_test.py has the
// graphs.
#include "core/trust/target_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/trust/tuf_world.h"

namespace dunlin {

namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

// "targets" delegates to "team", which lists "team/file".
struct SearchWorld : TufWorld {
  SigningKey team_key = key_number("team", 70);
  std::vector<SigningKey> team_signers{team_key};
  std::int64_t team_version = 3;
  WallTime team_expires = expires;

  std::string team_file() const {
    Json body = make_role_body("targets", team_version, team_expires);
    body["targets"] = {{"team/file", {{"length", 1}, {"hashes", {{"sha512", std::string(128, 'a')}}}}}};
    return sign_body(body, pointers(team_signers));
  }
  TrustedMetadata client() const {
    const auto delegate = [this](Json& body) {
      body["delegations"]["keys"][team_key.id()] = to_key_json(team_key.secret.public_key());
      body["delegations"]["roles"] = Json::array({{{"name", "team"},
                                                   {"keyids", {team_key.id()}},
                                                   {"threshold", 1},
                                                   {"terminating", true},
                                                   {"paths", {"team/*"}}}});
    };
    const std::string targets_json = targets_file(delegate);
    const std::string snapshot_json = snapshot_of(
        targets_json, [this](Json& body) { body["meta"]["team.json"] = make_file_meta(3, team_file()); });
    TrustedMetadata metadata = TufWorld::client();
    Result<void> updated =
        metadata.update({{}, timestamp_of(snapshot_json), snapshot_json, targets_json}, now);
    if (!updated) std::abort();
    return metadata;
  }
};

}  // namespace

TEST(TargetSearch, FindsATargetOfTheTopLevelWithoutAsking) {
  const SearchWorld world;
  const TrustedMetadata client = world.client();
  TargetSearch search(client, "file.txt", world.now);

  Result<std::optional<MetadataRequest>> request = search.next();

  ASSERT_TRUE(request);
  EXPECT_FALSE(*request);
  ASSERT_TRUE(search.found());
  EXPECT_TRUE(check_target(*search.found(), as_bytes("hello")));
  EXPECT_FALSE(check_target(*search.found(), as_bytes("hellO")));
}

TEST(TargetSearch, AsksForTheRoleThatIsDelegatedTo) {
  const SearchWorld world;
  const TrustedMetadata client = world.client();
  TargetSearch search(client, "team/file", world.now);

  Result<std::optional<MetadataRequest>> request = search.next();

  ASSERT_TRUE(request && *request);
  EXPECT_EQ((*request)->file_name(), "3.team.json");
  EXPECT_EQ((*request)->size_max, world.team_file().size());
  ASSERT_TRUE(search.take(world.team_file()));
  ASSERT_TRUE(search.found());
  EXPECT_EQ(search.found()->sha512, Bytes(64, 0xaa));
}

TEST(TargetSearch, ARefusedFileMayBeHadFromElsewhere) {
  const SearchWorld world;
  const TrustedMetadata client = world.client();
  TargetSearch search(client, "team/file", world.now);
  SearchWorld liar = world;
  liar.team_signers = {key_number("team", 71)};

  EXPECT_FALSE(search.take(liar.team_file()));
  EXPECT_FALSE(search.take(world.team_file() + " "));
  EXPECT_FALSE(search.found());

  EXPECT_TRUE(search.take(world.team_file()));
}

TEST(TargetSearch, RefusesWhatSnapshotOrTheDelegationDoesNotVouchFor) {
  const auto refusal = [](const SearchWorld& world) {
    const TrustedMetadata client = world.client();
    TargetSearch search(client, "team/file", world.now);
    Result<void> taken = search.take(world.team_file());
    return taken ? "accepted" : taken.error().message;
  };
  SearchWorld world;
  EXPECT_EQ(refusal(world), "accepted");
  world.team_signers = {key_number("team", 71)};
  EXPECT_THAT(refusal(world), HasSubstr("team: has 0 valid signatures"));
  world = SearchWorld();
  world.team_version = 4;
  EXPECT_THAT(refusal(world), HasSubstr("team: version 4 is not 3"));
  world = SearchWorld();
  world.team_expires = world.now;
  EXPECT_THAT(refusal(world), HasSubstr("team: expired"));
}

TEST(TargetSearch, EndsWithoutAResultWhenNobodyMaySpeakOfTheTarget) {
  const SearchWorld world;
  const TrustedMetadata client = world.client();
  TargetSearch search(client, "other/file", world.now);

  Result<std::optional<MetadataRequest>> request = search.next();

  ASSERT_TRUE(request);
  EXPECT_FALSE(*request);
  EXPECT_FALSE(search.found());
  EXPECT_FALSE(search.take(world.team_file()));
}

}  // namespace dunlin
