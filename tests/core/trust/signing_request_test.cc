#include "core/trust/signing_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/trust/release_policy.h"
#include "tests/core/trust/published_repository.h"
#include "tests/fakes/rotated_key.h"

namespace dunlin {

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const WallTime now = publish_time;

// A ring with these keys.
KeyRing ring_of(const std::vector<KeyFile>& keys) {
  KeyRing ring;
  for (const KeyFile& key : keys) ring.add(key);
  return ring;
}

KeyFile key_of(RepositorySigner& signer, const std::string& role) {
  for (const KeyFile& key : signer.keys().keys())
    if (key.role == role) return key;
  return {};
}

}  // namespace

// Three root keys with threshold 2, of which none is on the seeder from then on.
struct SigningRequestTest : testing::Test {
  PublishedRepository repository;
  KeyFile first, second, third, targets;

  void SetUp() override {
    repository.publish("1.0");
    first = key_of(repository.signer, "root");
    targets = key_of(repository.signer, "targets");
    second = make_key("root");
    third = make_key("root");
    change({"root", {second, third}, {}, 2}, {first, second, third});
    for (const char* role : {"root", "targets"}) remove_keys(role);
    repository.signer = repository.loaded();
  }
  void remove_keys(const std::string& role) {
    const std::vector<std::string> names = *repository.disk.list("/keys");
    for (const std::string& name : names) {
      if (!name.starts_with(role)) continue;
      ASSERT_TRUE(repository.disk.remove("/keys/" + name));
    }
  }
  SigningRequest request(const RootEdit& edit) {
    Result<SigningRequest> made = repository.signer.change_root(edit, now);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return made ? *made : SigningRequest();
  }
  // What another machine signs with these keys, given the file and nothing else.
  static SigningRequest signed_elsewhere(const SigningRequest& request, const std::vector<KeyFile>& keys) {
    Result<SigningRequest> there = parse_signing_request(to_json(request));
    EXPECT_TRUE(there) << (there ? "" : there.error().message);
    KeyRing ring = ring_of(keys);
    EXPECT_TRUE(add_signatures(*there, ring));
    return *parse_signing_request(to_json(*there));
  }
  void change(const RootEdit& edit, const std::vector<KeyFile>& keys) {
    auto outputs = repository.signer.take(signed_elsewhere(request(edit), keys), now);
    ASSERT_TRUE(outputs) << outputs.error().message;
    repository.write(*outputs);
  }
};

TEST_F(SigningRequestTest, TwoOfThreeKeysOnTwoMachinesChangeTheRoot) {
  TrustedMetadata born = repository.client();
  SigningRequest waiting = request({"timestamp", {}, {}, {}});
  EXPECT_EQ(missing_signatures(waiting).size(), 2U) << "by the old root's keys and by the new one's";

  const SigningRequest from_first = signed_elsewhere(waiting, {first});
  const SigningRequest from_third = signed_elsewhere(waiting, {third});
  EXPECT_EQ(*merge_signatures(waiting, from_first), 1);
  EXPECT_THAT(missing_signatures(waiting), Contains(HasSubstr("1 of the 2 signatures")));
  EXPECT_FALSE(repository.signer.take(waiting, now)) << "one signature is not enough";
  EXPECT_EQ(*merge_signatures(waiting, from_third), 1);
  EXPECT_EQ(*merge_signatures(waiting, from_third), 0) << "the same again";

  EXPECT_THAT(missing_signatures(waiting), IsEmpty());
  auto outputs = repository.signer.take(waiting, now);
  ASSERT_TRUE(outputs) << outputs.error().message;
  repository.write(*outputs);
  ASSERT_TRUE(born.update(repository.bundle(), now)) << "a client two roots behind catches up";
  EXPECT_EQ(born.versions().root, 3);
}

TEST_F(SigningRequestTest, NewTargetsKeysSignTheTargetsAgainBeforeAnythingIsVisible) {
  const KeyFile fresh = make_key("targets");
  SigningRequest waiting = request({"targets", {fresh}, {targets.id}, {}});
  ASSERT_FALSE(waiting.targets.empty());

  waiting = signed_elsewhere(waiting, {first, second});
  EXPECT_THAT(missing_signatures(waiting), ElementsAre(HasSubstr("targets has 0 of the 1")));
  EXPECT_FALSE(repository.signer.take(waiting, now));
  waiting = signed_elsewhere(waiting, {fresh});

  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), now));
  auto outputs = repository.signer.take(waiting, now);
  ASSERT_TRUE(outputs) << outputs.error().message;
  repository.write(*outputs);
  EXPECT_TRUE(client.update(repository.bundle(), now));
}

TEST_F(SigningRequestTest, ReleasesAreSignedElsewhereToo) {
  ASSERT_TRUE(repository.signer.add_release(sample_manifest("1.1")));
  repository.write(repository.signer.take_pending());
  SigningRequest waiting = repository.signer.next_targets(now);
  EXPECT_THAT(describe_changes(waiting), Contains(HasSubstr("adds releases/edge/1.1.json, sha256 ")));

  waiting = signed_elsewhere(waiting, {targets});
  repository.signer = repository.loaded();  // the seeder was restarted in between
  auto outputs = repository.signer.take(waiting, now);

  ASSERT_TRUE(outputs) << outputs.error().message;
  repository.write(*outputs);
  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), now));
  EXPECT_EQ(select_release(client, "edge", "pc")->version, "1.1");
}

TEST_F(SigningRequestTest, ASignatureOfAStrangerIsNotTaken) {
  const KeyFile stranger = make_key("root");
  SigningRequest waiting = request({"timestamp", {}, {}, {}});
  SigningRequest forged = signed_elsewhere(waiting, {first});
  forged.root.replace(forged.root.find(first.id), 64, third.id);  // first's signature under third's name

  EXPECT_EQ(*merge_signatures(waiting, forged), 0);
  EXPECT_EQ(*merge_signatures(waiting, signed_elsewhere(waiting, {stranger})), 0);
}

TEST_F(SigningRequestTest, AnotherChangeIsNotTakenForTheOneThatWaits) {
  SigningRequest waiting = request({"timestamp", {}, {}, {}});
  const SigningRequest other =
      signed_elsewhere(request({"timestamp", {make_key("timestamp")}, {}, {}}), {first});

  EXPECT_THAT(merge_signatures(waiting, other).error().message, HasSubstr("export it again"));
}

TEST_F(SigningRequestTest, WhatIsPublishedAlreadyIsPassedOver) {
  const SigningRequest done = signed_elsewhere(request({"snapshot", {}, {}, {}}), {first, second});
  auto outputs = repository.signer.take(done, now);
  ASSERT_TRUE(outputs);
  repository.write(*outputs);

  repository.signer = repository.loaded();
  auto again = repository.signer.take(done, now);

  ASSERT_TRUE(again) << again.error().message;
  EXPECT_THAT(*again, IsEmpty());
}

TEST_F(SigningRequestTest, ARequestThatSomebodyOvertookIsRefused) {
  const SigningRequest late = signed_elsewhere(request({"snapshot", {}, {}, {}}), {first, second});
  change({"timestamp", {make_key("timestamp")}, {}, {}}, {first, second});

  EXPECT_FALSE(repository.signer.take(late, now));
}

TEST_F(SigningRequestTest, SaysWhatChangesInWords) {
  const KeyFile fresh = make_key("timestamp");
  const KeyFile old = key_of(repository.signer, "timestamp");

  const auto lines = describe_changes(request({"timestamp", {fresh}, {old.id}, {}}));

  EXPECT_THAT(lines, ElementsAre(HasSubstr("root 2 -> 3"), "  timestamp gets key " + fresh.id.substr(0, 8),
                                 "  timestamp loses key " + old.id.substr(0, 8)));
}

TEST_F(SigningRequestTest, EditsThatLeaveARoleWithoutEnoughKeysAreRefused) {
  const KeyFile timestamp = key_of(repository.signer, "timestamp");
  const auto why = [&](const RootEdit& edit) {
    Result<SigningRequest> made = repository.signer.change_root(edit, now);
    return made ? std::string() : made.error().message;
  };

  EXPECT_THAT(why({"timestamp", {}, {timestamp.id}, {}}), HasSubstr("would have 0 key(s)"));
  EXPECT_THAT(why({"root", {}, {}, 4}), HasSubstr("3 key(s) and the threshold 4"));
  EXPECT_THAT(why({"root", {}, {}, 0}), HasSubstr("at least 1"));
  EXPECT_THAT(why({"root", {timestamp}, {}, {}}), HasSubstr("speaks for role timestamp already"));
  EXPECT_THAT(why({"targets", {}, {first.id}, {}}), HasSubstr("does not speak for role targets"));
  EXPECT_THAT(why({"mirrors", {}, {}, {}}), HasSubstr("no role mirrors"));
}

TEST_F(SigningRequestTest, RefusesEveryTruncationAndWhatDoesNotFollow) {
  const std::string good = to_json(request({"snapshot", {}, {}, {}}));
  for (std::size_t size = 0; size + 1 < good.size(); size += 7)
    EXPECT_FALSE(parse_signing_request(good.substr(0, size))) << size;
  SigningRequest skipping = request({"snapshot", {}, {}, {}});
  skipping.trusted_root = repository.file("metadata/1.root.json");
  EXPECT_THAT(parse_signing_request(to_json(skipping)).error().message, HasSubstr("does not follow"));
}

}  // namespace dunlin
