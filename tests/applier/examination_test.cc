// What the applier says of a device, one thing broken at a time.
#include "applier/examination.h"

#include "tests/fakes/finding_fault.h"

namespace dunlin {
namespace {

SlotSight slot(const std::string& name, bool booted) {
  SlotSight sight;
  sight.device = "/dev/" + name;
  sight.report = {name, booted, "confirmed", "1.0", Digest{}, 100 << 20, 128 << 20};
  return sight;
}

DeviceSight good_device() {
  DeviceSight sight;
  sight.command_line_file = "/proc/cmdline";
  sight.booted = "a";
  sight.slots = {slot("a", true), slot("b", false)};
  sight.boot_control = "uboot";
  sight.flags = BootFlags{{{"a", true, 3}, {"b", true, 3}}, "a"};
  sight.tries = 4;
  sight.tries_max = 9;
  sight.install = "none";
  sight.watchdog = {"/dev/watchdog", true, false, 60};
  sight.watchdog_timeout_s = 300;
  sight.self_test = {"/etc/dunlin/self-test.d", true, {"10-app"}, {}, {"root"}};
  sight.keeps_panics = true;
  sight.reboot_program = "systemctl";
  sight.has_reboot_program = true;
  sight.spaces["/var/lib/dunlin-applier"] = DiskSpace{1u << 30, 2u << 30};
  return sight;
}

using Fault = FindingFault<DeviceSight>;

const Fault faults[] = {
    {"NobodyIsBooted", [](DeviceSight& s) { s.booted.reset(); }, FindingLevel::wrong, "booted slot",
     "/proc/cmdline"},
    {"SlotMissing", [](DeviceSight& s) { s.slots[1].error = "/dev/b does not exist"; }, FindingLevel::wrong,
     "slot b", "does not exist"},
    {"SlotInUse",
     [](DeviceSight& s) {
       s.slots[1].in_use = true;
       s.slots[1].in_use_reason = "it is mounted";
     },
     FindingLevel::wrong, "slot b", "mounted"},
    {"SlotTooSmall", [](DeviceSight& s) { s.slots[1].report.capacity = 99 << 20; }, FindingLevel::wrong,
     "slot b", "the other slot holds an image"},
    {"NothingToFallBackTo", [](DeviceSight& s) { s.slots[1].report.state = "unbootable"; },
     FindingLevel::warning, "slot b", "nothing to fall back to"},
    {"ContentUnknown", [](DeviceSight& s) { s.slots[0].report.version.clear(); }, FindingLevel::warning,
     "slot a", "full pack"},
    {"FlagsUnreadable",
     [](DeviceSight& s) {
       s.flags.reset();
       s.flags_error = "both copies of the environment are damaged";
     },
     FindingLevel::wrong, "boot flags", "both copies"},
    {"OneCopyOfTheFlagsIsDamaged", [](DeviceSight& s) { s.flags->damage = "/boot/one: bad checksum"; },
     FindingLevel::warning, "copies of the boot flags", "/boot/one: bad checksum"},
    {"FewerTriesThanQuickPowerCuts", [](DeviceSight& s) { s.tries = 3; }, FindingLevel::warning,
     "power cuts in a trial", "3 tries"},
    {"ABootLoaderThatCountsOneTry", [](DeviceSight& s) { s.tries = s.tries_max = 1; }, FindingLevel::warning,
     "power cuts in a trial", "tries the new one again"},
    {"NothingBootsNext", [](DeviceSight& s) { s.flags->next.clear(); }, FindingLevel::wrong, "boot flags",
     "boots nothing"},
    {"AnotherSlotBootsNext", [](DeviceSight& s) { s.flags->next = "b"; }, FindingLevel::warning, "boot flags",
     "nothing is staged"},
    {"RunningSlotUnbootable", [](DeviceSight& s) { s.flags->slots[0].enabled = false; }, FindingLevel::wrong,
     "boot flags", "marked unbootable"},
    {"TrialFailed",
     [](DeviceSight& s) {
       s.trial = TrialReport{"2.0", "failed", "self-test 10-app failed"};
     },
     FindingLevel::warning, "last trial", "10-app"},
    {"NoWatchdog", [](DeviceSight& s) { s.watchdog = {}; }, FindingLevel::warning, "watchdog",
     "none is configured"},
    {"WatchdogMissing", [](DeviceSight& s) { s.watchdog.exists = false; }, FindingLevel::wrong, "watchdog",
     "every trial would fail"},
    {"NoSelfTests", [](DeviceSight& s) { s.self_test.programs.clear(); }, FindingLevel::warning, "self-tests",
     "is empty"},
    {"SelfTestNotExecutable", [](DeviceSight& s) { s.self_test.not_executable = {"20-net"}; },
     FindingLevel::wrong, "self-tests", "20-net"},
    {"PanicsAreLost", [](DeviceSight& s) { s.keeps_panics = false; }, FindingLevel::warning, "kernel panics",
     "looks like a power cut"},
    {"RootMetadataDamaged", [](DeviceSight& s) { s.trust_error = "root metadata: not JSON"; },
     FindingLevel::wrong, "applier's trust", "not JSON"},
    {"NoRebootProgram", [](DeviceSight& s) { s.has_reboot_program = false; }, FindingLevel::wrong, "restart",
     "systemctl"},
    {"NoSpace",
     [](DeviceSight& s) {
       s.spaces["/boot"] = DiskSpace{1000, 1u << 20};
     },
     FindingLevel::wrong, "space in /boot", "0 KiB"},
    {"NoFolder", [](DeviceSight& s) { s.spaces["/boot"] = std::nullopt; }, FindingLevel::wrong,
     "space in /boot", "cannot be looked at"},
};

class ExaminationOf : public testing::TestWithParam<Fault> {};

TEST_P(ExaminationOf, ABrokenDeviceNamesThatAndNothingElse) {
  DeviceSight sight = good_device();
  GetParam().make(sight);

  expect_only(GetParam(), examine(sight));
}

INSTANTIATE_TEST_SUITE_P(Faults, ExaminationOf, testing::ValuesIn(faults),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Examination, FindsNothingWrongWithAGoodDevice) {
  for (const Finding& finding : examine(good_device())) {
    EXPECT_EQ(finding.level, FindingLevel::ok) << finding.check << ": " << finding.text;
    EXPECT_TRUE(finding.advice.empty());
  }
}

TEST(Examination, AStagedReleaseAndOneThatIsBeingWrittenAreNoFault) {
  DeviceSight staged = good_device();
  staged.install = "staged";
  staged.flags->next = "b";
  DeviceSight writing = good_device();
  writing.install = "writing";
  writing.slots[1].report.state = "unbootable";

  for (const DeviceSight& sight : {staged, writing})
    for (const Finding& finding : examine(sight)) EXPECT_EQ(finding.level, FindingLevel::ok) << finding.text;
}

TEST(Examination, AWatchdogThatSomebodyPetsIsLeftToThem) {
  DeviceSight sight = good_device();
  sight.watchdog.is_running = true;

  for (const Finding& finding : examine(sight))
    if (finding.check == "watchdog") {
      EXPECT_EQ(finding.level, FindingLevel::ok);
      EXPECT_NE(finding.text.find("somebody else"), std::string::npos);
    }
}

}  // namespace
}  // namespace dunlin
