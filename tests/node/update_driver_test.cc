// A whole device in one process: real driver, store, pipeline, packs and files; network, applier and time are
// fakes whose worlds survive kills and reboots.
#include "node/update_driver.h"

#include <fstream>

#include "core/content/pack_table.h"
#include "tests/fakes/made_packs.h"
#include "tests/node/device_bench.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

// Six segments' worth of image; version 2 changes some bytes in two places.
const Bytes& image_1() {
  static const Bytes image = noise(5'300'003, 1);
  return image;
}

const Bytes& image_2() {
  static const Bytes image = [] {
    Bytes bytes = image_1();
    const Bytes patch = noise(70'000, 2);
    std::copy(patch.begin(), patch.end(), bytes.begin() + 300'000);
    std::copy(patch.begin(), patch.end(), bytes.begin() + 4'900'000);
    return bytes;
  }();
  return image;
}

// Shares nothing with the others.
const Bytes& unrelated_image() {
  static const Bytes image = noise(5'000'000, 9);
  return image;
}

const PublishedRelease& release_2() {
  static const PublishedRelease release = publish("2.0", image_2(), &image_1());
  return release;
}

const PublishedRelease& full_release_2() {
  static const PublishedRelease release = publish("2.0", image_2(), nullptr);
  return release;
}

// Its segments need what lies in front of them.
const Bytes& text_image() {
  static const Bytes image = wordy_bytes(3'000'000, 3);
  return image;
}

const PublishedRelease& text_release() {
  static const PublishedRelease release = publish("2.0", text_image(), nullptr);
  return release;
}

std::uint64_t pack_size(const PublishedRelease& release, std::size_t pack) {
  return release.packs.at(pack).size();
}

TEST(UpdateDriver, InstallsADeltaAndConfirmsIt) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());

  ASSERT_TRUE(device.live_until(Phase::confirmed)) << to_string(device.phase()) << device.live.last_error;

  EXPECT_EQ(device.applier.booted().version, "2.0");
  EXPECT_EQ(device.slot("b"), image_2());
  EXPECT_EQ(device.swarm.fetched, pack_size(release_2(), 1));
  EXPECT_EQ(device.event("confirmed"), "release 2.0 is confirmed");
}

TEST(UpdateDriver, TakesTheFullPackWhenTheBootedImageIsNoBase) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(release_2());

  ASSERT_TRUE(device.live_until(Phase::confirmed));

  EXPECT_EQ(device.slot("b"), image_2());
  EXPECT_EQ(device.swarm.fetched, pack_size(release_2(), 0));
}

TEST(UpdateDriver, CountsBytesBySource) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());

  ASSERT_TRUE(device.live_until(Phase::confirmed));

  const UpdateLedger ledger = *device.store().ledger("2.0");
  EXPECT_EQ(ledger.wan, pack_size(release_2(), 1));
  EXPECT_EQ(ledger.lan, 0U);
  EXPECT_EQ(ledger.flash_compared, image_2().size());
  EXPECT_LE(ledger.flash_written, image_2().size());
}

TEST(UpdateDriver, StillShowsWhatTheUpdateMovedAfterTheReboot) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());

  ASSERT_TRUE(device.live_until(Phase::confirmed));

  EXPECT_EQ(device.live.ledger.wan, pack_size(release_2(), 1));
  EXPECT_EQ(device.live.image_size, image_2().size());
  EXPECT_EQ(device.live.progress().percent, 100);
}

TEST(UpdateDriver, AddsLaterUploadsToTheLedgerAlsoWhenTheApplierWasLateToAnswer) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  ASSERT_TRUE(device.live_until(Phase::confirmed));
  device.applier.unreachable = Error{ErrorKind::retry_later, {}, "connecting to /run/dunlin/applier.sock"};
  device.swarm.uploaded = 777;

  ASSERT_TRUE(device.run_until(Phase::waiting));
  device.applier.unreachable.reset();
  ASSERT_TRUE(device.run([&] { return device.live.ledger.uploaded == 777; }));

  EXPECT_EQ(device.live.ledger.wan, pack_size(release_2(), 1));
  EXPECT_EQ(device.store().ledger("2.0")->wan, pack_size(release_2(), 1));
}

TEST(UpdateDriver, FetchesNothingTwiceWhereverItIsKilled) {
  int steps = 0;
  {
    DeviceBench device("0.9", unrelated_image());
    device.offer(full_release_2());
    ASSERT_TRUE(
        device.run([&] { return device.applier.rebooting || device.live.machine.phase == Phase::trial; }));
    steps = device.steps_taken;
  }
  for (int kill_at = 1; kill_at <= steps; ++kill_at) {
    DeviceBench device("0.9", unrelated_image());
    device.offer(full_release_2());
    device.run_until(Phase::confirmed, kill_at);

    ASSERT_TRUE(device.live_until(Phase::confirmed))
        << "killed at step " << kill_at << ": " << device.live.last_error;

    EXPECT_EQ(device.slot("b"), image_2()) << "killed at step " << kill_at;
    EXPECT_EQ(device.swarm.fetched, pack_size(full_release_2(), 0)) << "killed at step " << kill_at;
  }
}

TEST(UpdateDriver, ConvergesWhenItIsKilledAgainAndAgain) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(full_release_2());
  bool done = false;
  for (int kill = 0; kill < 200 && !done; ++kill) done = device.run_until(Phase::confirmed, 12);

  EXPECT_TRUE(done);
  EXPECT_EQ(device.slot("b"), image_2());
  EXPECT_EQ(device.swarm.fetched, pack_size(full_release_2(), 0));
}

TEST(UpdateDriver, FallsBackAndDoesNotTryTheSameReleaseAgain) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.applier.failing_test = "self-test 20-app failed with code 1: no answer";

  ASSERT_TRUE(device.live_until(Phase::fell_back));
  const int begins = device.applier.begins;
  const int checks = device.repository.checks;
  ASSERT_TRUE(device.run([&] { return device.repository.checks > checks + 5; }));

  EXPECT_EQ(device.applier.begins, begins);
  EXPECT_EQ(device.phase(), Phase::fell_back);
  EXPECT_EQ(device.applier.booted().version, "1.0");
  EXPECT_THAT(device.event("fell_back"), testing::HasSubstr("20-app"));
}

TEST(UpdateDriver, TriesAFailedReleaseAgainWhenAPersonAsks) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.applier.failing_test = "app";
  ASSERT_TRUE(device.live_until(Phase::fell_back));
  device.applier.failing_test.clear();
  device.on_start = [](UpdateDriver& driver) { driver.ask_update(); };

  ASSERT_TRUE(device.live_until(Phase::confirmed));

  EXPECT_EQ(device.applier.booted().version, "2.0");
}

TEST(UpdateDriver, RefusesBeforeTheFirstByteWhenTheDataPartitionIsFull) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(full_release_2());
  device.disk.free_ = 1'000'000;

  ASSERT_TRUE(device.run_until(Phase::waiting));

  EXPECT_EQ(device.applier.begins, 0);
  EXPECT_EQ(device.swarm.fetched, 0U);
  EXPECT_THAT(device.live.last_error, testing::HasSubstr("too full"));
  device.disk.free_.reset();
  EXPECT_TRUE(device.live_until(Phase::confirmed));
}

TEST(UpdateDriver, RefusesASlotThatIsTooSmallBeforeTheFirstByte) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(full_release_2());
  device.applier.spare().capacity = 1'000'000;

  ASSERT_TRUE(device.run([&] { return !device.event("refused").empty(); }));

  EXPECT_EQ(device.applier.begins, 0);
  EXPECT_EQ(device.swarm.fetched, 0U);
  EXPECT_THAT(device.event("refused"), testing::HasSubstr("the spare slot holds 1000000"));
}

TEST(UpdateDriver, WaitsWithTheReasonWhileTheRepositoryCannotBeReached) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.repository.failure =
      Error{ErrorKind::retry_later, {}, "connecting to seeder:8443: Connection refused"};

  ASSERT_TRUE(device.run_until(Phase::waiting));
  EXPECT_THAT(device.live.last_error, testing::HasSubstr("Connection refused"));
  const WallTime began = device.clock.now();
  ASSERT_TRUE(device.run([&] { return device.repository.checks > 20; }));
  EXPECT_GT(device.clock.now() - began, std::chrono::minutes(30));  // it backs off
  device.repository.failure.reset();

  EXPECT_TRUE(device.live_until(Phase::confirmed));
}

TEST(UpdateDriver, GoesOnFetchingWhileTheRepositoryIsDown) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(full_release_2());
  device.config.reboot = RebootPolicy::manual;
  ASSERT_TRUE(device.run([&] { return device.swarm.fetched > 1'000'000; }));
  device.repository.failure = Error{ErrorKind::retry_later, {}, "connecting: Connection refused"};

  ASSERT_TRUE(device.live_until(Phase::staged));

  EXPECT_EQ(device.swarm.fetched, pack_size(full_release_2(), 0));
}

TEST(UpdateDriver, ResumesAStoredPlanWhenAFailedFetchMeetsARepositoryThatIsDown) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(full_release_2());
  device.config.reboot = RebootPolicy::manual;
  device.swarm.available = 1'000'000;
  ASSERT_TRUE(device.run([&] { return device.swarm.fetched == 1'000'000; }));
  device.swarm.failure = Error{ErrorKind::device, {}, "the disk is full"};
  ASSERT_TRUE(device.run_until(Phase::waiting));
  device.repository.failure = Error{ErrorKind::retry_later, {}, "connecting: Connection refused"};
  device.swarm.failure.reset();
  device.swarm.available = ~std::uint64_t{0};

  EXPECT_TRUE(device.live_until(Phase::staged));
}

TEST(UpdateDriver, SaysBothTimesWhenMetadataSeemsExpired) {
  DeviceBench device("1.0", image_1());
  device.repository.failure = Error{ErrorKind::retry_later, {}, "timestamp: expired at 2026-03-01T00:00:00Z"};
  device.clock.set_wall(WallTime(std::chrono::sys_days(std::chrono::year(2031) / 5 / 4)));

  ASSERT_TRUE(device.run_until(Phase::waiting));

  EXPECT_THAT(device.live.last_error, testing::HasSubstr("this device's clock says 2031-05-04"));
}

TEST(UpdateDriver, RefusesAPackThatWasPublishedWrongAndNamesTheSegment) {
  const PublishedRelease bad =
      publish("2.0", image_2(), nullptr, [](Bytes& pack) { pack[pack.size() - 40'000] ^= 4; });
  DeviceBench device("0.9", unrelated_image());
  device.offer(bad);

  ASSERT_TRUE(device.run([&] { return !device.event("refused").empty(); }));

  EXPECT_THAT(device.event("refused"), testing::ContainsRegex("segment [0-9]+"));
  EXPECT_EQ(device.applier.commits, 0);
  const int begins = device.applier.begins;
  const int checks = device.repository.checks;
  ASSERT_TRUE(device.run([&] { return device.repository.checks > checks + 3; }));
  EXPECT_EQ(device.applier.begins, begins);
}

TEST(UpdateDriver, FetchesThePackAgainWhenItsCopyRottedOnThisDevice) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(full_release_2());
  device.config.reboot = RebootPolicy::manual;
  const std::string path = NodePaths(device.config.data_dir).pack(sha256(full_release_2().packs[0]));
  bool spoiled = false;
  ASSERT_TRUE(device.run([&] {
    if (!spoiled && device.swarm.fetched > 3'000'000) {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(device.swarm.fetched) - 1'000);  // not decoded yet
      file << "rot rot rot";
      spoiled = true;
    }
    return device.live.machine.phase == Phase::staged;
  }));

  EXPECT_THAT(device.event("pack_damaged"), testing::HasSubstr("segment"));
  EXPECT_EQ(device.slot("b"), image_2());
}

TEST(UpdateDriver, WritesTheSlotAgainWhenItNoLongerHoldsWhatWasWritten) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(text_release());
  device.config.reboot = RebootPolicy::manual;
  device.swarm.step = 10'000;
  bool spoiled = false;
  ASSERT_TRUE(device.run([&] {
    if (!spoiled && device.live.image_written > text_image().size() / 2) {
      std::fstream file(device.applier.slot_files["b"], std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(device.live.image_written) - 100'000);
      file << std::string(100'000, 'x');
      spoiled = true;
    }
    return device.live.machine.phase == Phase::staged;
  })) << device.live.last_error;

  EXPECT_THAT(device.event("slot_changed"), testing::HasSubstr("writing it again"));
  EXPECT_TRUE(device.event("pack_damaged").empty());
  EXPECT_EQ(device.slot("b"), text_image());
}

TEST(UpdateDriver, FallsBackToTheFullPackWhenTheBootedSlotWasChanged) {
  DeviceBench device("1.0", image_1());
  Bytes mounted = image_1();
  for (std::size_t i = 0; i < mounted.size(); i += 50'000) mounted[i] ^= 1;
  device.write_slot("a", mounted);
  device.offer(release_2());

  ASSERT_TRUE(device.live_until(Phase::confirmed)) << device.live.last_error;

  EXPECT_THAT(device.event("base_changed"), testing::HasSubstr("mounted writable"));
  EXPECT_EQ(device.slot("b"), image_2());
}

// A release whose delta opens zstd blocks of base and target. `change_map` may alter what the pack says of
// the target's.
struct ExpandedRelease {
  ExpandedPair pair{400'000, 1, 3, {quick_packings[0]}};  // begins with 19 kB of raw bytes
  PublishedRelease release;

  explicit ExpandedRelease(const std::function<void(ExpandMap&)>& change_map = {}) {
    const ExpandedPack pack = expanded_pack(pair, 15'000, change_map);
    release = publish_with_delta("2.0", pack.target, pack.base, pack.bytes);
  }
};

TEST(UpdateDriver, InstallsADeltaThatOpensCompressedContentWhereverItIsKilled) {
  const ExpandedRelease made;
  int steps = 0;
  for (int kill_at = 0; kill_at <= steps; kill_at += 5) {
    DeviceBench device("1.0", made.pair.base.image);
    device.swarm.step = 20'000;
    device.offer(made.release);
    if (kill_at > 0) device.run_until(Phase::confirmed, kill_at);
    ASSERT_TRUE(device.live_until(Phase::confirmed)) << kill_at << device.live.last_error;
    EXPECT_EQ(device.slot("b"), made.pair.target.image) << kill_at;
    EXPECT_EQ(device.swarm.fetched, pack_size(made.release, 1)) << kill_at;
    if (kill_at == 0) steps = 40;
  }
}

TEST(UpdateDriver, TakesTheFullPackWhenItsCodecsDoNotKnowAPacking) {
  const ExpandedRelease made(
      [](ExpandMap& map) { map.layers[0].packings[0].kind = static_cast<PackingKind>(99); });
  DeviceBench device("1.0", made.pair.base.image);
  device.swarm.step = 4'000;
  device.offer(made.release);

  ASSERT_TRUE(device.live_until(Phase::confirmed)) << device.live.last_error;

  EXPECT_EQ(device.slot("b"), made.pair.target.image);
  EXPECT_THAT(device.event("codec_differs"), testing::HasSubstr("cannot close compressed content"));
  EXPECT_THAT(device.event("planned"), testing::HasSubstr("packs left out"));
  EXPECT_LT(device.swarm.fetched, pack_size(made.release, 0) + pack_size(made.release, 1) / 2);
}

TEST(UpdateDriver, TakesTheFullPackWhenItsCodecsFailedTheirCanary) {
  const ExpandedRelease made;
  DeviceBench device("1.0", made.pair.base.image);
  device.codecs = CodecSupport({PackingKind::zstd_block});
  device.offer(made.release);

  ASSERT_TRUE(device.live_until(Phase::confirmed)) << device.live.last_error;

  EXPECT_EQ(device.slot("b"), made.pair.target.image);
  EXPECT_THAT(device.event("codec_differs"), testing::HasSubstr("writes other bytes than it must"));
}

TEST(UpdateDriver, TakesTheFullPackAndKeepsWhatIsWrittenWhenClosingFailsInTheMiddle) {
  // Segments before the first opened run are written, then the digest of a closed one differs.
  const ExpandedRelease made([](ExpandMap& map) { map.layers[0].packings[0].parameters[0] = 19; });
  DeviceBench device("1.0", made.pair.base.image);
  device.offer(made.release);

  ASSERT_TRUE(device.run([&] { return !device.event("codec_differs").empty(); }));
  EXPECT_GT(device.store().checkpoint()->target_bytes, 0u);
  ASSERT_TRUE(device.live_until(Phase::confirmed)) << device.live.last_error;

  EXPECT_EQ(device.slot("b"), made.pair.target.image);
  EXPECT_THAT(device.event("codec_differs"), testing::HasSubstr("close compressed content otherwise"));
  EXPECT_THAT(device.event("codec_differs"), testing::HasSubstr("taking another one"));
}

TEST(UpdateDriver, WaitsForTheRepositoryWhenItsOnlyPlanIsOfNoUse) {
  const ExpandedRelease made;
  DeviceBench device("1.0", made.pair.base.image);
  device.offer(made.release);
  ASSERT_TRUE(device.run_until(Phase::fetching));
  device.codecs = CodecSupport({PackingKind::zstd_block});
  device.repository.failure = Error{ErrorKind::retry_later, {}, "no route"};

  ASSERT_TRUE(device.run_until(Phase::waiting)) << to_string(device.phase());

  device.repository.failure.reset();
  ASSERT_TRUE(device.live_until(Phase::confirmed)) << device.live.last_error;
  EXPECT_EQ(device.slot("b"), made.pair.target.image);
}

TEST(UpdateDriver, WritesTheSlotAgainWhenItsReadBackDiffers) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(full_release_2());
  device.config.reboot = RebootPolicy::manual;
  bool spoiled = false;
  ASSERT_TRUE(device.run([&] {
    if (!spoiled && device.live.machine.phase == Phase::verifying) {
      std::fstream file(device.applier.slot_files["b"], std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(10'000);
      file << "bad flash";
      spoiled = true;
    }
    return device.live.machine.phase == Phase::staged;
  }));

  EXPECT_EQ(device.slot("b"), image_2());
  EXPECT_EQ(device.swarm.fetched, pack_size(full_release_2(), 0));
}

TEST(UpdateDriver, WaitsForAPersonWhenUpdatesAreNotAutomatic) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.config.update_automatically = false;

  ASSERT_TRUE(device.run([&] { return device.repository.checks > 3; }));
  EXPECT_EQ(device.applier.begins, 0);
  EXPECT_EQ(device.live.available_version, "2.0");
  device.on_start = [](UpdateDriver& driver) { driver.ask_update(); };

  EXPECT_TRUE(device.live_until(Phase::confirmed));
}

TEST(UpdateDriver, StaysStagedUntilAPersonRebootsWhenRebootIsManual) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.config.reboot = RebootPolicy::manual;

  ASSERT_TRUE(device.run_until(Phase::staged));
  device.run([] { return false; }, 50);
  EXPECT_FALSE(device.applier.rebooting);
  EXPECT_EQ(device.phase(), Phase::staged);
  device.on_start = [](UpdateDriver& driver) {
    Result<std::string> early = driver.ask_reboot();  // before the stored phase is known: refused
    EXPECT_FALSE(early);
  };
  bool asked = false;
  UpdateDriver* driver = nullptr;
  device.on_start = [&driver](UpdateDriver& running) { driver = &running; };
  device.run(
      [&] {
        if (!asked && device.live.machine.phase == Phase::staged) asked = driver->ask_reboot().has_value();
        return false;
      },
      50);

  EXPECT_TRUE(device.applier.rebooting);
}

TEST(UpdateDriver, HoldsItsRebootBackWhileANeighbourTakesTheReleaseFromIt) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  std::uint64_t have = 0;
  device.swarm.shares = [&have] { return std::vector<LanShare>{{"dev-9", have, have < 40}}; };

  device.run([&] {
    const bool held = device.live.machine.phase == Phase::staged && !device.live.reboot_reason.empty();
    if (held && have < 40) ++have;
    return device.applier.rebooting;
  });

  EXPECT_TRUE(device.applier.rebooting);
  EXPECT_EQ(have, 40u);
  EXPECT_FALSE(device.event("reboot_held").empty());
  EXPECT_EQ(device.live.reboot_reason, "");
}

TEST(UpdateDriver, HoldsNoRebootBackForANeighbourThatStandsStill) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.swarm.shares = [] { return std::vector<LanShare>{{"dev-9", 7, true}}; };

  EXPECT_TRUE(device.live_until(Phase::confirmed));
}

TEST(UpdateDriver, TriesTheRebootAgainWhenItFails) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.applier.reboot_failure = Error{ErrorKind::device, {}, "systemctl reboot: exit 1"};

  ASSERT_TRUE(
      device.run([&] { return device.events().size() > 8 && !device.event("reboot_failed").empty(); }));
  device.applier.reboot_failure.reset();

  EXPECT_TRUE(device.live_until(Phase::confirmed));
}

TEST(UpdateDriver, TurnsToANewerReleaseWhileFetching) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(full_release_2());
  device.swarm.available = 1'000'000;
  const Bytes image_3 = noise(1'000'000, 3);
  const PublishedRelease release_3 = publish("3.0", image_3, nullptr);
  ASSERT_TRUE(device.run([&] { return device.swarm.fetched == 1'000'000; }));
  device.offer(release_3);
  device.swarm.available = ~std::uint64_t{0};
  device.swarm.step = 1;
  device.on_start = [](UpdateDriver& driver) { driver.ask_check(); };
  ASSERT_TRUE(device.run([&] { return device.live.target_version == "3.0"; }));
  device.swarm.step = 1u << 20;

  ASSERT_TRUE(device.live_until(Phase::confirmed));

  EXPECT_EQ(device.applier.booted().version, "3.0");
}

TEST(UpdateDriver, ChecksAtOnceWhenANeighbourKnowsMore) {
  DeviceBench device("2.0", image_2());
  device.offer(release_2());
  ASSERT_TRUE(device.run_until(Phase::confirmed));
  const int checks = device.repository.checks;
  const SteadyTime before = device.clock.steady();
  device.repository.has_news = true;

  ASSERT_TRUE(device.run([&] { return device.repository.checks > checks; }));

  EXPECT_EQ(device.clock.steady(), before);
}

TEST(UpdateDriver, TriesAgainSoonerWhenANeighbourKnowsMoreButNotAtOnce) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.repository.failure = Error{ErrorKind::retry_later, {}, "no link"};
  ASSERT_TRUE(device.run_until(Phase::waiting));
  const int checks = device.repository.checks;
  const SteadyTime before = device.clock.steady();
  device.on_start = [&](UpdateDriver&) { device.repository.has_news = true; };

  ASSERT_TRUE(device.run([&] { return device.repository.checks > checks; }));

  EXPECT_LE(device.clock.steady() - before, std::chrono::seconds(5));
}

TEST(UpdateDriver, LearnsAFailedTrialFromTheApplierWhenItsDatabaseWasLost) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.applier.failing_test = "app";
  ASSERT_TRUE(device.live_until(Phase::fell_back));
  std::filesystem::remove(NodePaths(device.config.data_dir).database());
  const int begins = device.applier.begins;

  ASSERT_TRUE(device.run_until(Phase::fell_back));

  EXPECT_EQ(device.applier.begins, begins);
}

TEST(UpdateDriver, IsUpToDateWhenTheNewestReleaseRuns) {
  DeviceBench device("2.0", image_2());
  device.offer(release_2());

  ASSERT_TRUE(device.run_until(Phase::confirmed));

  EXPECT_EQ(device.applier.begins, 0);
}

TEST(UpdateDriver, DoesNotGoBackToAnOlderRelease) {
  DeviceBench device("2.1", image_1());
  device.offer(release_2());

  ASSERT_TRUE(device.run_until(Phase::confirmed));

  EXPECT_EQ(device.applier.begins, 0);
}

TEST(UpdateDriver, SaysWhenTheRepositoryHasNothingForThisDevice) {
  DeviceBench device("1.0", image_1());

  ASSERT_TRUE(device.run([&] { return !device.event("no_release").empty(); }));

  EXPECT_THAT(device.event("no_release"), testing::HasSubstr("product edge"));
}

TEST(UpdateDriver, SaysWhyANewerReleaseIsPassedOver) {
  DeviceBench device("1.0", image_1());
  device.repository.passed_over = "release 9.0 fits hardware toaster, but this device is pc";

  ASSERT_TRUE(device.run([&] { return !device.event("passed_over").empty(); }));

  EXPECT_THAT(device.event("passed_over"), testing::HasSubstr("toaster"));
}

TEST(UpdateDriver, WaitsForTheApplierToAnswer) {
  DeviceBench device("1.0", image_1());
  device.offer(release_2());
  device.applier.unreachable = Error{ErrorKind::retry_later, {}, "connecting to /run/dunlin/applier.sock"};
  ASSERT_TRUE(device.run_until(Phase::waiting));
  device.applier.unreachable.reset();

  EXPECT_TRUE(device.live_until(Phase::confirmed));
}

TEST(UpdateDriver, RemovesOldPacksWhenTheNextReleaseIsPlanned) {
  DeviceBench device("0.9", unrelated_image());
  device.offer(full_release_2());
  ASSERT_TRUE(device.live_until(Phase::confirmed));
  const std::string old_pack = NodePaths(device.config.data_dir).pack(sha256(full_release_2().packs[0]));
  EXPECT_TRUE(std::filesystem::exists(old_pack));  // neighbours may want it
  device.config.reboot = RebootPolicy::manual;
  device.offer(publish("3.0", noise(200'000, 5), nullptr));

  ASSERT_TRUE(device.run([&] { return device.live.machine.phase == Phase::staged; }));

  EXPECT_FALSE(std::filesystem::exists(old_pack));
}

}  // namespace
}  // namespace dunlin
