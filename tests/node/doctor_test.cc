// What the doctor says of the node's side of a device, one thing broken at a time.
#include "node/doctor.h"

#include "tests/fakes/finding_fault.h"

namespace dunlin {
namespace {

constexpr std::int64_t now_s = 1'800'000'000;

NodeSight good_node() {
  NodeSight sight;
  sight.config_path = "/etc/dunlin/node.toml";
  sight.socket = "/run/dunlin/node.sock";
  sight.applier_socket = "/run/dunlin/applier.sock";
  sight.status =
      nlohmann::json{{"phase", "idle"},   {"version", "1.0"}, {"last_error", ""},
                     {"wan_state", "ok"}, {"wan_reason", ""}, {"last_check", "2027-01-15T08:00:00Z"}};
  sight.applier = {all_well("slot a", "confirmed")};
  sight.data_dir = "/var/lib/dunlin";
  sight.space = DiskSpace{1u << 30, 2u << 30};
  sight.root_metadata = "/etc/dunlin/root.json";
  sight.now = WallTime(std::chrono::seconds(now_s));
  sight.hardware_clock_s = now_s + 1;
  return sight;
}

using Fault = FindingFault<NodeSight>;

const Fault faults[] = {
    {"NodeSilent",
     [](NodeSight& s) {
       s.status.reset();
       s.node_error = "no node answers at /run/dunlin/node.sock";
     },
     FindingLevel::wrong, "node", "no node answers"},
    {"NodeComplains", [](NodeSight& s) { (*s.status)["last_error"] = "slot b is too small"; },
     FindingLevel::warning, "node", "too small"},
    {"RepositoryNeverReached", [](NodeSight& s) { (*s.status)["last_check"] = nullptr; },
     FindingLevel::warning, "repository", "never reached"},
    {"WanClosed",
     [](NodeSight& s) {
       (*s.status)["wan_state"] = "budget";
       (*s.status)["wan_reason"] = "the month's budget is used up";
     },
     FindingLevel::warning, "repository", "budget is used up"},
    {"ApplierSilent",
     [](NodeSight& s) {
       s.applier_error = Error{ErrorKind::retry_later, {}, "connecting to /run/dunlin/applier.sock"};
       s.applier.clear();
     },
     FindingLevel::wrong, "applier", "not looked at"},
    {"ApplierForbidden",
     [](NodeSight& s) {
       s.applier_error =
           Error{ErrorKind::retry_later, std::make_error_code(std::errc::permission_denied), "connecting"};
       s.applier.clear();
     },
     FindingLevel::warning, "applier", "may not be opened"},
    {"NoDataFolder", [](NodeSight& s) { s.space.reset(); }, FindingLevel::wrong, "space in /var/lib/dunlin",
     "cannot be looked at"},
    {"DataFolderFull", [](NodeSight& s) { s.space->free = 100; }, FindingLevel::wrong,
     "space in /var/lib/dunlin", "100 B"},
    {"DataFolderTight", [](NodeSight& s) { s.space->free = 20u << 20; }, FindingLevel::warning,
     "space in /var/lib/dunlin", "21.0 MB"},
    {"RootMetadataMissing", [](NodeSight& s) { s.trust_error = "opening /etc/dunlin/root.json"; },
     FindingLevel::wrong, "node's trust", "root.json"},
    {"AuthorityMissing",
     [](NodeSight& s) {
       s.ca_file = "/etc/dunlin/ca.pem";
       s.has_ca_file = false;
     },
     FindingLevel::wrong, "node's trust", "ca.pem"},
    {"ClockUnset", [](NodeSight& s) { s.now = WallTime(); }, FindingLevel::wrong, "clock", "before 2024"},
    {"NoHardwareClock", [](NodeSight& s) { s.hardware_clock_s.reset(); }, FindingLevel::warning, "clock",
     "no hardware clock"},
    {"HardwareClockWrong", [](NodeSight& s) { s.hardware_clock_s = now_s - 86'400; }, FindingLevel::warning,
     "clock", "differs by -86400 s"},
    {"ClockNotSet", [](NodeSight& s) { s.is_synchronised = false; }, FindingLevel::warning, "clock",
     "nobody sets"},
    {"ApplierFindsSomething",
     [](NodeSight& s) {
       s.applier = {{FindingLevel::wrong, "slot b", "does not exist", "look"}};
     },
     FindingLevel::wrong, "slot b", "does not exist"},
};

class DoctorOn : public testing::TestWithParam<Fault> {};

TEST_P(DoctorOn, ABrokenDeviceNamesThatAndNothingElse) {
  NodeSight sight = good_node();
  GetParam().make(sight);

  const std::vector<Finding> findings = examine_node(sight);

  expect_only(GetParam(), findings);
  EXPECT_EQ(verdict(findings), GetParam().level);
}

INSTANTIATE_TEST_SUITE_P(Faults, DoctorOn, testing::ValuesIn(faults),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Doctor, FindsNothingWrongWithAGoodDevice) {
  EXPECT_EQ(verdict(examine_node(good_node())), FindingLevel::ok);
}

TEST(Doctor, LooksAtTheRestWhenTheConfigurationCannotBeRead) {
  NodeSight sight = good_node();
  sight.config_error = "node.toml:3: unknown key `sit`";

  const std::string report = doctor_report(examine_node(sight));

  EXPECT_NE(report.find("wrong    configuration: node.toml:3: unknown key `sit`\n         do: "),
            std::string::npos)
      << report;
  EXPECT_NE(report.find("ok       slot a: confirmed\n"), std::string::npos) << report;
}

TEST(Doctor, PrintsOneJsonObject) {
  const nlohmann::json json = nlohmann::json::parse(
      doctor_json({all_well("clock", "good"), {FindingLevel::warning, "watchdog", "none", "set one"}}));

  EXPECT_EQ(json["verdict"], "warning");
  ASSERT_EQ(json["findings"].size(), 2u);
  EXPECT_EQ(json["findings"][1]["advice"], "set one");
}

}  // namespace
}  // namespace dunlin
