// A whole device that is given a bundle: real driver, store, bundle, packs and slots; network, applier and
// time are fakes whose worlds survive kills and reboots.
#include <fstream>

#include "core/base/check.h"
#include "tests/node/device_bench.h"
#include "tests/node/made_release_bundle.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

const Bytes& image_1() {
  static const Bytes image = noise(1'300'003, 1);
  return image;
}

const Bytes& image_2() {
  static const Bytes image = [] {
    Bytes bytes = image_1();
    for (std::size_t at : {5'000, 400'000, 1'200'000}) bytes[at] ^= 1;
    return bytes;
  }();
  return image;
}

const Bytes& unrelated_image() {
  static const Bytes image = noise(1'000'000, 9);
  return image;
}

const PublishedRelease& release_2() {
  static const PublishedRelease release = publish("2.0", image_2(), &image_1());
  return release;
}

// A device without any link, and a stick.
struct BundleInstallTest : testing::Test {
  DeviceBench& device(const Bytes& image, const std::string& version = "1.0") {
    bench.emplace(version, image);
    bench->offer(release_2());
    bench->swarm.available = 0;
    bench->repository.failure = Error{ErrorKind::retry_later, {}, "no route to the seeder"};
    bench->repository.brought = release_2().offer;
    return *bench;
  }

  std::string stick(const Bytes& bundle) { return folder.write("x.bundle", as_text(bundle)); }

  static Task<> ask(UpdateDriver& driver, std::string path, ApplierStatus applier, bool& done,
                    Result<std::string>& answer) {
    auto taken = co_await driver.install(std::move(path), std::move(applier));
    answer = std::move(taken);
    done = true;
  }

  // The next run begins with `dunlin-node install`; returns what that says there.
  void install_at_start(const std::string& path) {
    bench->on_start = [this, path](UpdateDriver& driver) {
      bool done = false;
      asio::io_context& io = driver.context().io;
      driver.context().live.machine.phase = *phase_from_string(phase_at_start);
      spawn(io, ask(driver, path, bench->applier.status, done, answer));
      while (!done) io.run_one();
      io.restart();
      bench->on_start = nullptr;
    };
  }

  UpdateLedger ledger() { return bench->store().ledger("2.0").value(); }
  static std::uint64_t full_size() { return release_2().packs[0].size(); }

  std::optional<DeviceBench> bench;
  TemporaryFolder folder;
  Result<std::string> answer = fail(ErrorKind::usage, "never asked");
  std::string phase_at_start = "idle";
};

TEST_F(BundleInstallTest, UpdatesADeviceWithoutAnyLink) {
  device(unrelated_image());
  install_at_start(stick(made_release_bundle(release_2())));

  ASSERT_TRUE(bench->live_until(Phase::confirmed)) << bench->live.last_error;

  EXPECT_EQ(*answer, "installing release 2.0 from " + folder.path() + "/x.bundle");
  EXPECT_EQ(bench->slot("b"), image_2());
  EXPECT_EQ(ledger().usb, full_size());
  EXPECT_EQ(bench->swarm.fetched, 0u);
  EXPECT_EQ(bench->live.bundle, "");
  EXPECT_THAT(bench->event("planned"), testing::HasSubstr("from the bundle"));
}

TEST_F(BundleInstallTest, TakesTheDeltaPackWhenTheBundleHasIt) {
  device(image_1());
  install_at_start(stick(made_release_bundle(release_2(), 2)));

  ASSERT_TRUE(bench->live_until(Phase::confirmed)) << bench->live.last_error;

  EXPECT_EQ(bench->slot("b"), image_2());
  EXPECT_EQ(ledger().usb, release_2().packs[1].size());
}

TEST_F(BundleInstallTest, TakesTheFullPackWhereOnlyTheDeltaWouldCrossTheWan) {
  device(image_1());
  install_at_start(stick(made_release_bundle(release_2())));

  ASSERT_TRUE(bench->live_until(Phase::confirmed)) << bench->live.last_error;

  EXPECT_EQ(ledger().usb, full_size());
}

TEST_F(BundleInstallTest, GoesOnWhereverItIsKilled) {
  const std::string path = stick(made_release_bundle(release_2()));
  device(unrelated_image());
  install_at_start(path);
  ASSERT_TRUE(bench->run([this] { return bench->applier.rebooting || bench->phase() == Phase::trial; }));
  const int steps = bench->steps_taken;
  for (int kill_at = 1; kill_at <= steps; ++kill_at) {
    device(unrelated_image());
    install_at_start(path);
    bench->run_until(Phase::confirmed, kill_at);

    ASSERT_TRUE(bench->live_until(Phase::confirmed)) << kill_at << ": " << bench->live.last_error;

    EXPECT_EQ(bench->slot("b"), image_2()) << kill_at;
    EXPECT_EQ(bench->swarm.fetched, 0u) << kill_at;
  }
}

TEST_F(BundleInstallTest, KeepsWhatItCopiedOutOfADamagedBundleAndGoesOnWithAGoodOne) {
  device(unrelated_image());
  Bytes damaged = made_release_bundle(release_2());
  damaged[damaged.size() - 2'000] ^= 1;  // in the pack's last piece
  install_at_start(stick(damaged));

  ASSERT_TRUE(bench->run_until(Phase::waiting));
  EXPECT_THAT(bench->live.last_error, testing::HasSubstr("the bundle is damaged at byte"));
  EXPECT_THAT(bench->event("bundle_damaged"), testing::HasSubstr("what was copied is kept"));
  const std::uint64_t before = ledger().usb;
  EXPECT_GT(before, full_size() / 2);
  phase_at_start = "waiting";
  install_at_start(stick(made_release_bundle(release_2())));
  ASSERT_TRUE(bench->live_until(Phase::confirmed)) << bench->live.last_error;

  EXPECT_EQ(ledger().usb, full_size());
  EXPECT_EQ(bench->slot("b"), image_2());
}

TEST_F(BundleInstallTest, GoesOnWithoutAStickThatWasPulled) {
  device(unrelated_image());
  install_at_start(stick(made_release_bundle(release_2())));
  bench->run_until(Phase::confirmed, 1);
  std::filesystem::remove(folder / "x.bundle");
  bench->swarm.available = ~std::uint64_t{0};
  bench->repository.failure.reset();

  ASSERT_TRUE(bench->live_until(Phase::confirmed)) << bench->live.last_error;

  EXPECT_THAT(bench->event("bundle_gone"), testing::HasSubstr("cannot be read any more"));
  EXPECT_EQ(bench->slot("b"), image_2());
}

TEST_F(BundleInstallTest, LeavesAFetchThatStandsStill) {
  device(image_1());
  bench->repository.failure.reset();
  bench->swarm.available = 1'000;
  ASSERT_TRUE(bench->run_until(Phase::fetching));
  bench->repository.failure = Error{ErrorKind::retry_later, {}, "no route to the seeder"};
  phase_at_start = "fetching";
  install_at_start(stick(made_release_bundle(release_2())));

  ASSERT_TRUE(bench->live_until(Phase::confirmed)) << bench->live.last_error;

  EXPECT_EQ(ledger().usb, full_size());
}

TEST_F(BundleInstallTest, SaysWhenTheReleaseRunsAlready) {
  device(image_2(), "2.0");
  install_at_start(stick(made_release_bundle(release_2())));

  bench->run([this] { return answer.has_value(); });

  EXPECT_EQ(*answer, "release 2.0 runs here already");
}

TEST_F(BundleInstallTest, ChangesNothingWhenTheBundleIsRefused) {
  const Bytes good = made_release_bundle(release_2());
  const auto said = [this](const Bytes& bundle) {
    install_at_start(stick(bundle));
    bench->run([this] { return !bench->on_start; }, 5);
    return answer ? "taken" : answer.error().message;
  };

  device(image_1());
  EXPECT_THAT(said(Bytes(good.begin(), good.end() - 5'000)), testing::HasSubstr("cut short"));
  EXPECT_THAT(said(Bytes(3'000, 'x')), testing::HasSubstr("no dunlin bundle"));
  bench->repository.import_failure =
      Error{ErrorKind::bad_image, {}, "timestamp: version 3 is older than 5 (rollback)"};
  EXPECT_THAT(said(good), testing::HasSubstr("make another bundle"));
  bench->repository.import_failure.reset();
  bench->applier.booted().version = "2.1";
  EXPECT_THAT(said(good), testing::HasSubstr("older than 2.1"));
  phase_at_start = "staged";
  EXPECT_THAT(said(good), testing::HasSubstr("wait until it is confirmed"));

  EXPECT_EQ(bench->store().setting("bundle").value(), "");
  EXPECT_EQ(bench->store().setting("asked").value(), "");
}

}  // namespace
}  // namespace dunlin
