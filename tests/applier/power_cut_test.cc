// The power goes before every single change of an update, for every boot loader and three fates of what was
// not synced. A device in memory then boots as often as it takes, played by the firmware's own rules, with a
// new process each time. One sentence is checked after every boot: the booted slot holds a complete image.
#include <gtest/gtest.h>

#include "applier/installer.h"
#include "core/base/random.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_process_runner.h"
#include "tests/fakes/fake_root_mounter.h"
#include "tests/fakes/fake_watchdog.h"
#include "tests/firmware/firmware_model.h"

namespace dunlin {

namespace {

Bytes make_image(std::uint64_t seed) {
  Bytes image(9'001);
  SeededRandom(seed).fill(image);
  return image;
}

const Bytes old_image = make_image(1);
const Bytes new_image = make_image(2);

struct Scenario {
  const BootWorld& world;
  bool passes = true;  // the self-test of the new image
  Unsynced unsynced = Unsynced::lost;
};

class Device {
 public:
  explicit Device(const Scenario& scenario) : world_(scenario.world), firmware_(scenario.world.firmware()) {
    Bytes junk(16'384, 0xA5);
    disk_.put("/slot-b", junk);
    std::copy(old_image.begin(), old_image.end(), junk.begin());
    disk_.put("/slot-a", junk);
    disk_.put("/boot/a-vmlinuz", "kernel 1");
    disk_.put("/tests/10-app", "");
    disk_.put("/root/boot/vmlinuz", "kernel 2");
    disk_.put("/state/keep", "");
    runner_.add("/tests/10-app", scenario.passes ? 0 : 1);
    runner_.add("reboot", 0);
    world_.flash(disk_);
    EXPECT_TRUE(world_.control(disk_)->mark_unbootable("b"));
    disk_.sync_all();
  }

  FakeDisk& disk() { return disk_; }

  std::string boot() { return firmware_->boot(disk_); }

  void return_power(Unsynced unsynced, std::uint64_t seed) {
    disk_.restart(unsynced, seed);
    firmware_->lose_power(disk_);
  }

  // A boot's whole life: the applier starts; in the old slot a node installs the new image when nothing is
  // armed and it did not fail. False when the power went.
  bool live_in(const std::string& booted) {
    Result<StateFile> state = StateFile::open(disk_, "/state/state.json");
    if (!state) return false;
    const std::unique_ptr<BootControl> boot = world_.control(disk_);
    FakeWatchdog watchdog;
    const FakeClock clock;
    BuiltInChecks built_in(disk_, clock, runner_, {{"a", "/slot-a"}, {"b", "/slot-b"}}, {});
    SelfTest self_test(disk_, runner_, watchdog, built_in,
                       {"/tests", std::chrono::seconds(5), std::chrono::seconds(60)});
    Trial trial(*state, *boot, self_test, runner_, {3, {"reboot"}});
    Slots slots(disk_, {{"a", "/slot-a"}, {"b", "/slot-b"}}, booted);
    FakeRootMounter mounter(disk_, "/root");
    Installer installer(disk_, slots, *boot, *state, trial, mounter,
                        {"/boot", {{"/boot/vmlinuz", "vmlinuz"}}});
    if (!trial.resume(booted, {})) return false;
    const bool wanted = booted == "a" && installer.phase() != "staged" &&
                        !state->now().has_failed(sha256(new_image)) && !disk_.is_off();
    if (wanted && !install(installer)) return false;
    return !disk_.is_off();
  }

  bool holds_complete_image(const std::string& slot) {
    const Bytes content = *disk_.get("/slot-" + slot);
    const Bytes start(content.begin(), content.begin() + 9'001);
    return start == (slot == "a" ? old_image : new_image);
  }

 private:
  static bool install(Installer& installer) {
    const AdmittedImage admitted{{sha256(new_image), "2", new_image.size()}, ""};
    Result<SpareSlot> slot = installer.begin(admitted, false);
    if (!slot) return false;
    // In two parts with a checkpoint, as node does.
    const ByteView bytes(new_image);
    if (!slot->file->write_at(0, bytes.first(5'000)) || !slot->file->sync()) return false;
    if (!slot->file->write_at(5'000, bytes.subspan(5'000))) return false;
    return installer.commit({}).has_value();
  }

  const BootWorld& world_;
  std::unique_ptr<FirmwareModel> firmware_;
  FakeDisk disk_;
  FakeProcessRunner runner_;
};

// Boots until two boots in a row end in the same slot with nothing more to do; returns that slot. Every boot
// is checked.
std::string settle(Device& device) {
  std::string last;
  for (int i = 0; i < 12; ++i) {
    const std::string booted = device.boot();
    EXPECT_FALSE(booted.empty()) << "the firmware found nothing to boot";
    if (booted.empty()) return "";
    EXPECT_TRUE(device.holds_complete_image(booted)) << "slot " << booted;
    EXPECT_TRUE(device.live_in(booted));
    last = booted;
  }
  return last;
}

// Cuts before the k-th change; returns false when there was no k-th change.
bool cut_at(int k, const Scenario& scenario) {
  Device device(scenario);
  device.disk().cut_power_at(k);
  for (int i = 0; i < 6 && !device.disk().is_off(); ++i) {
    const std::string booted = device.boot();
    if (device.disk().is_off()) break;
    EXPECT_TRUE(device.holds_complete_image(booted)) << "slot " << booted;
    device.live_in(booted);
  }
  if (!device.disk().is_off()) return false;
  device.return_power(scenario.unsynced, static_cast<std::uint64_t>(k));
  const std::string settled = settle(device);
  EXPECT_EQ(settled, scenario.passes ? "b" : "a");
  EXPECT_EQ(device.disk().get_text("/boot/a-vmlinuz"), "kernel 1");
  return true;
}

class PowerCut : public testing::TestWithParam<std::tuple<BootWorld, bool, Unsynced>> {};

std::string scenario_name(const testing::TestParamInfo<PowerCut::ParamType>& scenario) {
  constexpr std::array fates{"Lost", "Kept", "Torn"};
  const auto& [world, passes, unsynced] = scenario.param;
  return test_name(world) + (passes ? "_Passing" : "_Failing") + fates[static_cast<std::size_t>(unsynced)];
}

}  // namespace

TEST_P(PowerCut, LeavesADeviceThatBootsACompleteImageAndConverges) {
  const auto& [world, passes, unsynced] = GetParam();
  int cuts = 0;
  for (int k = 1; k < 1'000; ++k) {
    SCOPED_TRACE("power cut before change " + std::to_string(k));
    if (!cut_at(k, {world, passes, unsynced})) break;
    ++cuts;
    if (HasFailure()) return;
  }

  EXPECT_GT(cuts, 30);
}

INSTANTIATE_TEST_SUITE_P(EveryBootLoader, PowerCut,
                         testing::Combine(testing::ValuesIn(boot_worlds()), testing::Bool(),
                                          testing::Values(Unsynced::lost, Unsynced::kept, Unsynced::torn)),
                         scenario_name);

}  // namespace dunlin
