#include "node/cli_options.h"
#include "node/cli_panel.h"
#include "node/status_json.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using nlohmann::json;

TEST(CommandLine, UnderstandsEveryCommand) {
  EXPECT_EQ(parse_command_line({"run", "--config", "/x.toml"}).options.command, CliCommand::run);
  EXPECT_EQ(parse_command_line({"run", "--config", "/x.toml"}).options.config, "/x.toml");
  EXPECT_TRUE(parse_command_line({"status", "--watch"}).options.watch);
  EXPECT_TRUE(parse_command_line({"status", "--json", "--socket", "/s"}).options.json);
  EXPECT_EQ(parse_command_line({"status", "--socket", "/s"}).options.socket, "/s");
  EXPECT_EQ(parse_command_line({"check"}).options.command, CliCommand::check);
  EXPECT_EQ(parse_command_line({"update"}).options.command, CliCommand::update);
  EXPECT_EQ(parse_command_line({"install", "/x.bundle"}).options.command, CliCommand::install);
  EXPECT_EQ(parse_command_line({"install", "/x.bundle"}).options.file, "/x.bundle");
  EXPECT_EQ(parse_command_line({"install"}).exit_code, 2);
  EXPECT_EQ(parse_command_line({"confirm"}).options.command, CliCommand::confirm);
  EXPECT_EQ(parse_command_line({"rollback"}).options.command, CliCommand::rollback);
  EXPECT_EQ(parse_command_line({"reboot"}).options.command, CliCommand::reboot);
  EXPECT_TRUE(parse_command_line({"self-tests", "--before"}).options.before);
  EXPECT_TRUE(parse_command_line({"events", "--follow"}).options.follow);
}

TEST(CommandLine, EndsWithTwoForMistakesAndZeroForHelp) {
  EXPECT_EQ(parse_command_line({"stauts"}).exit_code, 2);
  EXPECT_EQ(parse_command_line({}).exit_code, 2);
  EXPECT_EQ(parse_command_line({"status", "--watch", "--json"}).exit_code, 2);
  const CliParse help = parse_command_line({"--help"});
  EXPECT_TRUE(help.stop);
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, testing::HasSubstr("rollback"));
  EXPECT_THAT(parse_command_line({"--version"}).output, testing::HasSubstr("dunlin-node 0."));
}

json fetching_status() {
  return {{"device_id", "dev-1"},
          {"site", "north"},
          {"phase", "fetching"},
          {"version", "1.0"},
          {"target_version", "2.0"},
          {"percent", 51U},
          {"rate", 1'200'000U},
          {"seconds_left", 41U},
          {"bytes", {{"slot", 500U}, {"lan", 2'000'000U}, {"wan", 30'000U}}}};
}

TEST(StatusLine, ShowsABarRateTimeLeftAndSources) {
  EXPECT_EQ(status_line(fetching_status(), 200),
            "dev-1 runs 1.0: fetching 2.0 [##########          ] 51 % 1.2 MB/s 0:41 left · slot 500 B · LAN "
            "2.0 MB · "
            "WAN 30 kB");
}

TEST(StatusLine, NamesTheStickWhenSomethingCameFromThere) {
  json status = fetching_status();
  status["bytes"]["usb"] = 40'000'000U;

  EXPECT_THAT(status_line(status, 200), testing::HasSubstr("WAN 30 kB · USB 40.0 MB"));
}

TEST(StatusLine, IsCutToTheTerminalWithoutBreakingALetter) {
  for (int columns = 0; columns < 120; ++columns) {
    const std::string line = status_line(fetching_status(), columns);
    EXPECT_LE(static_cast<int>(line.size()), columns);
    EXPECT_FALSE(json(line).dump(-1, ' ', false, json::error_handler_t::replace).find("\ufffd") !=
                 std::string::npos);
  }
}

TEST(StatusLine, CopesWithAnythingTheNodeMayAnswer) {
  EXPECT_NO_THROW(status_line(json(), 80));
  EXPECT_NO_THROW(status_panel(json::array({1, 2})));
  EXPECT_NO_THROW(event_line(json("text")));
  EXPECT_NO_THROW(status_panel({{"percent", -5}, {"bytes", 3}, {"trial", "x"}, {"phase", 7}}));
}

TEST(StatusPanel, SaysHowTheLastTrialEnded) {
  json status = fetching_status();
  status["phase"] = "fell_back";
  status["trial"] = {{"version", "3.0"}, {"verdict", "failed"}, {"reason", "self-test 20-app failed"}};

  EXPECT_THAT(status_panel(status), testing::HasSubstr("last trial 3.0 failed: self-test 20-app failed"));
}

TEST(HumanBytes, UsesDecimalUnits) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(340'900), "340 kB");
  EXPECT_EQ(human_bytes(1'250'000), "1.2 MB");
  EXPECT_EQ(human_bytes(5'000'000'000), "5.00 GB");
}

LiveStatus live_status() {
  LiveStatus live;
  live.machine.phase = Phase::waiting;
  live.machine.retry_at = WallTime(std::chrono::seconds(1'000));
  live.target_version = "2.0";
  live.last_error = "no link \"here\"";
  live.pack_size = 1'000;
  live.transfer.verified = 500;
  live.ledger.lan = 7;
  live.wan.state = "budget";
  live.wan.spent.month = 2026 * 12 + 10;
  live.wan.spent.in_month.own = 9;
  live.metadata.wan = 9;
  ApplierStatus applier;
  applier.slots = {SlotReport{"a", true, "confirmed", "1.0", std::nullopt, 10, 20}};
  applier.trial = TrialReport{"3.0", "failed", "app", "/state/run-000001.txt"};
  live.applier = applier;
  return live;
}

TEST(StatusJson, HoldsWhatTheCommandLineAndTheLabRead) {
  NodeConfig config;
  config.device_id = "dev-1";
  const json status = json::parse(status_json(live_status(), config, WallTime(std::chrono::seconds(990))));

  EXPECT_EQ(status["device_id"], "dev-1");
  EXPECT_EQ(status["phase"], "waiting");
  EXPECT_EQ(status["version"], "1.0");
  EXPECT_EQ(status["target_version"], "2.0");
  EXPECT_EQ(status["retry_in_s"], 10);
  EXPECT_EQ(status["bytes"]["lan"], 7);
  EXPECT_EQ(status["metadata_bytes"]["wan"], 9);
  EXPECT_EQ(status["trial"]["reason"], "app");
  EXPECT_EQ(status["trial"]["record"], "/state/run-000001.txt");
  EXPECT_EQ(status["slots"][0]["name"], "a");
  EXPECT_EQ(status["last_error"], "no link \"here\"");
  EXPECT_EQ(status["wan_state"], "budget");
  EXPECT_EQ(status["budget"]["month"], "2026-11");
  EXPECT_EQ(status["budget"]["month_own"], 9);
  EXPECT_EQ(status["budget"]["update_limit"], nullptr);
  EXPECT_EQ(status["wan_reluctant"], nullptr);
  EXPECT_EQ(status["role_reason"], "");
  EXPECT_EQ(status["limits"]["upload_kbit"], nullptr);
  for (const char* key : {"site", "percent", "rate", "seconds_left", "role", "leader", "verified_bytes",
                          "written_bytes", "compared_bytes", "flash_written"})
    EXPECT_TRUE(status.contains(key)) << key;
}

TEST(StatusJson, PredictsNoWanBytesWhileTheyAreLeftToANeighbour) {
  LiveStatus live = live_status();
  live.predicted_wan_bytes = 900;
  live.ledger.wan = 20;
  const auto predicted = [&] {
    return json::parse(status_json(live, NodeConfig(), WallTime()))["predicted_wan_bytes"];
  };

  EXPECT_EQ(predicted(), 900);
  live.transfer.leaves_wan = true;
  EXPECT_EQ(predicted(), 20);
}

TEST(StatusJson, SaysUnreachableOnlyWhileNothingElseClosesTheWan) {
  LiveStatus live = live_status();
  live.transfer.wan_state = "unreachable";
  EXPECT_EQ(json::parse(status_json(live, NodeConfig(), WallTime()))["wan_state"], "budget");

  live.wan.state = "ok";
  EXPECT_EQ(json::parse(status_json(live, NodeConfig(), WallTime()))["wan_state"], "unreachable");
}

TEST(StatusJson, SaysWhatKeepsADeviceFromTakingContentAndFromLeading) {
  NodeConfig config;
  config.takers_max = 2;
  config.upload_rate_max = 125'000;
  LiveStatus live = live_status();
  live.transfer.role = "queued";
  live.wan.reluctant_by = "metered";
  const json status = json::parse(status_json(live, config, WallTime()));

  EXPECT_EQ(status["limits"]["upload_kbit"], 1'000);
  EXPECT_EQ(status["limits"]["transfers_max"], 2);
  EXPECT_EQ(status["wan_reluctant"], "metered");
  EXPECT_EQ(status["role_reason"],
            "2 of this site may take content at a time (transfers_max), and others come first");
  EXPECT_THAT(status_panel(status), testing::HasSubstr("the link here is metered"));
}

TEST(StatusJson, SurvivesTextThatIsNotUtf8) {
  LiveStatus live = live_status();
  live.last_error = "bad \xff byte";

  EXPECT_FALSE(json::parse(status_json(live, NodeConfig(), WallTime()), nullptr, false).is_discarded());
}

TEST(Metrics, NameThePhaseAndTheSources) {
  NodeConfig config;
  config.device_id = "a\"b";
  const std::string text = metrics_text(live_status(), config);

  EXPECT_THAT(text, testing::HasSubstr("dunlin_node_phase{phase=\"waiting\"} 1\n"));
  EXPECT_THAT(text, testing::HasSubstr("dunlin_node_phase{phase=\"idle\"} 0\n"));
  EXPECT_THAT(text, testing::HasSubstr("dunlin_node_bytes{source=\"lan\"} 7\n"));
  EXPECT_THAT(text, testing::HasSubstr("device=\"a\\\"b\""));
  EXPECT_THAT(text, testing::HasSubstr("dunlin_node_wan_state{state=\"budget\"} 1\n"));
  EXPECT_THAT(text, testing::HasSubstr("dunlin_node_wan_state{state=\"hours\"} 0\n"));
  EXPECT_THAT(text, testing::HasSubstr("dunlin_node_wan_reluctant 0\n"));
  EXPECT_THAT(text, testing::HasSubstr("dunlin_node_wan_month_bytes{reader=\"self\"} 9\n"));
}

TEST(ToUtc, WritesIsoTime) {
  EXPECT_EQ(to_utc(WallTime(std::chrono::seconds(1'767'225'600))), "2026-01-01T00:00:00Z");
}

}  // namespace
}  // namespace dunlin
