#include "node/node_config.h"

#include "swarm/torrent_swarm.h"
#include "tests/fakes/fake_disk.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

const std::string minimal = "[seeder]\nurl = \"https://10.0.0.1:8443\"\n";

Result<NodeConfig> parse(const std::string& text) {
  return parse_node_config(text, "node.toml", "machine-7");
}

std::string complaint(const std::string& text) {
  Result<NodeConfig> config = parse(text);
  if (config) return "accepted";
  EXPECT_EQ(config.error().kind, ErrorKind::usage);
  return config.error().message;
}

TEST(NodeConfig, FillsInDefaults) {
  Result<NodeConfig> config = parse(minimal);

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->device_id, "machine-7");
  EXPECT_EQ(config->site, "default");
  EXPECT_EQ(config->data_dir, "/var/lib/dunlin");
  EXPECT_TRUE(config->update_automatically);
  EXPECT_EQ(config->reboot, RebootPolicy::automatic);
  EXPECT_EQ(config->check_interval, std::chrono::seconds(300));
  EXPECT_EQ(config->wan, WanPolicy::shared);
  EXPECT_EQ(config->wan_limits.month, std::nullopt);
  EXPECT_EQ(config->beacon_group, "239.192.77.1");
}

TEST(NodeConfig, ReadsEveryKey) {
  Result<NodeConfig> config = parse(R"(
device_id = "dev-1"
site = "north"
data_dir = "/data/dunlin"
socket = "/run/a.sock"
applier_socket = "/run/b.sock"
root_metadata = "/etc/r.json"
[seeder]
url = "https://s:1/"
ca_file = "/etc/ca.pem"
[update]
auto = false
reboot = "manual"
check_interval_s = 5
max_staleness_days = 90
[swarm]
wan = "never"
listen_port = 6881
mirror_port = 8080
beacon_port = 7000
beacon_group = "239.1.2.3"
peers = ["10.0.0.2:7711", "dev-3"]
upload_kbit = 8000
transfers_max = 4
[wan]
budget_month_mb = 500
budget_update_mb = 120
hours = ["22:00-06:00", "12:00-13:00"]
download_kbit = 512
on_metered = "stop"
on_battery = "ignore"
wait_s = 3600
hints_dir = "/etc/hints"
)");

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->device_id, "dev-1");
  EXPECT_EQ(config->site, "north");
  EXPECT_EQ(config->data_dir, "/data/dunlin");
  EXPECT_EQ(config->socket, "/run/a.sock");
  EXPECT_EQ(config->applier_socket, "/run/b.sock");
  EXPECT_EQ(config->root_metadata, "/etc/r.json");
  EXPECT_EQ(config->seeder_url, "https://s:1");
  EXPECT_EQ(config->ca_file, "/etc/ca.pem");
  EXPECT_FALSE(config->update_automatically);
  EXPECT_EQ(config->reboot, RebootPolicy::manual);
  EXPECT_EQ(config->check_interval, std::chrono::seconds(5));
  EXPECT_EQ(config->max_staleness, std::chrono::hours(24 * 90));
  EXPECT_EQ(config->wan, WanPolicy::never);
  EXPECT_EQ(config->listen_port, 6881);
  EXPECT_EQ(config->mirror_port, 8080);
  EXPECT_EQ(config->beacon_port, 7000);
  EXPECT_EQ(config->beacon_group, "239.1.2.3");
  EXPECT_EQ(config->peers, (std::vector<std::string>{"10.0.0.2:7711", "dev-3"}));
  EXPECT_EQ(config->wan_limits.month, 500'000'000u);
  EXPECT_EQ(config->wan_limits.update, 120'000'000u);
  EXPECT_EQ(config->wan_rules.hours, WanHours({{1'320, 360}, {720, 780}}));
  EXPECT_EQ(config->wan_rules.metered, HintRule::stop);
  EXPECT_EQ(config->wan_rules.battery, HintRule::ignore);
  EXPECT_EQ(config->wan_rules.wait, std::chrono::hours(1));
  EXPECT_EQ(config->download_rate_max, 64'000u);
  EXPECT_EQ(config->upload_rate_max, 1'000'000u);
  EXPECT_EQ(config->takers_max, 4u);
  EXPECT_EQ(config->hints_dir, "/etc/hints");
}

TEST(NodeConfig, NamesAnUnknownKeyItsLineAndTheNearestOne) {
  EXPECT_EQ(complaint(minimal + "[update]\nchek_interval_s = 5\n"),
            "node.toml:4: unknown key `chek_interval_s` in [update]; did you mean `check_interval_s`?");
}

TEST(NodeConfig, KnowsEveryWayToUseTheWan) {
  for (const WanPolicy policy : {WanPolicy::shared, WanPolicy::own, WanPolicy::fast, WanPolicy::never}) {
    const std::string word(to_string(policy));
    const Result<NodeConfig> config = parse(minimal + "[swarm]\nwan = \"" + word + "\"\n");

    ASSERT_TRUE(config) << word;
    EXPECT_EQ(config->wan, policy) << word;
    EXPECT_TRUE(parse_wan_mode(word)) << word;
  }
}

TEST(NodeConfig, NamesAnUnknownTable) {
  EXPECT_EQ(complaint(minimal + "[swam]\nwan = \"never\"\n"),
            "node.toml:3: unknown key `swam`; did you mean `swarm`?");
}

TEST(NodeConfig, ListsTheKnownKeysWhenNoneIsNear) {
  EXPECT_EQ(complaint(minimal + "[update]\ncolour = \"red\"\n"),
            "node.toml:4: unknown key `colour` in [update]; known keys: auto, reboot, check_interval_s, "
            "max_staleness_days, neighbours_wait_s");
}

TEST(NodeConfig, SaysWhereTheTextIsNotToml) {
  EXPECT_THAT(complaint("site = \n"), testing::StartsWith("node.toml:1: "));
}

TEST(NodeConfig, SaysWhichKeyIsMissing) {
  EXPECT_THAT(complaint("site = \"x\"\n"), testing::HasSubstr("`url` in [seeder] is missing"));
}

TEST(NodeConfig, ChecksTypesAndRanges) {
  EXPECT_EQ(complaint("site = 5\n" + minimal), "node.toml:1: `site` must be a text in quotes");
  EXPECT_EQ(complaint(minimal + "[update]\nauto = \"yes\"\n"),
            "node.toml:4: `auto` in [update] must be true or false");
  EXPECT_EQ(complaint(minimal + "[update]\nreboot = \"now\"\n"),
            "node.toml:4: `reboot` in [update] must be one of \"auto\", \"manual\"");
  EXPECT_EQ(complaint(minimal + "[update]\ncheck_interval_s = 0\n"),
            "node.toml:4: `check_interval_s` in [update] must be a whole number from 1 to 604800");
  EXPECT_EQ(complaint(minimal + "[swarm]\nlisten_port = 70000\n"),
            "node.toml:4: `listen_port` in [swarm] must be a whole number from 0 to 65535");
  EXPECT_EQ(complaint(minimal + "[swarm]\nbeacon_group = \"10.0.0.1\"\n"),
            "node.toml:4: `beacon_group` in [swarm] must be a multicast address such as 239.192.77.1");
  EXPECT_EQ(complaint(minimal + "[swarm]\npeers = [\"a:99999\"]\n"),
            "node.toml:4: `peers` in [swarm] holds \"a:99999\", which is not \"host:port\"");
  EXPECT_EQ(complaint(minimal + "[swarm]\npeers = 3\n"),
            "node.toml:4: `peers` in [swarm] must be a list of texts: [\"...\", \"...\"]");
  EXPECT_THAT(complaint(minimal + "[swarm]\nwan = \"fast\"\n[wan]\nbudget_month_mb = 5\n"),
              testing::HasSubstr("node.toml:6: `budget_month_mb` in [wan] does nothing with wan = \"fast\""));
  EXPECT_EQ(complaint(minimal + "[wan]\nhours = [\"22-06\"]\n"),
            "node.toml:4: `hours` in [wan] holds \"22-06\" is not a time of day such as \"22:00-06:00\"");
  EXPECT_EQ(complaint("data_dir = \"relative\"\n" + minimal),
            "node.toml:1: `data_dir` must be an absolute path");
  EXPECT_EQ(complaint("update = 1\n" + minimal), "node.toml:1: `update` must be a table: [update]");
  EXPECT_EQ(
      complaint("[seeder]\nurl = \"ftp://x\"\n"),
      "node.toml:2: `url` in [seeder] must begin with https:// (or http:// for a mirror on this machine)");
  EXPECT_EQ(complaint("device_id = \"a b\"\n" + minimal),
            "node.toml:1: `device_id` must be 1 to 64 letters, digits, '.', '_' or '-'");
}

TEST(NodeConfig, NeedsANameForTheDevice) {
  Result<NodeConfig> config = parse_node_config(minimal, "node.toml", "");

  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, testing::HasSubstr("`device_id` is missing"));
}

TEST(NodeConfig, TakesTheMachineIdFromTheSystem) {
  FakeDisk disk;
  disk.put("/etc/machine-id", "0123abcd\n");
  disk.put("/etc/dunlin/node.toml", minimal);

  Result<NodeConfig> config = load_node_config(disk, "/etc/dunlin/node.toml");

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->device_id, "0123abcd");
}

TEST(NodeConfig, SaysHowToNameAMissingFile) {
  FakeDisk disk;

  Result<NodeConfig> config = load_node_config(disk, "/etc/dunlin/node.toml");

  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, testing::HasSubstr("--config FILE"));
}

TEST(NodeConfig, SurvivesEveryOneByteChange) {
  const std::string text = minimal + "[swarm]\npeers = [\"a:1\"]\n";
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (char byte : {'\0', '"', '[', '\n', '\xff'}) {
      std::string changed = text;
      changed[i] = byte;
      Result<NodeConfig> config = parse(changed);
      if (!config) {
        EXPECT_EQ(config.error().kind, ErrorKind::usage);
      }
    }
  }
}

}  // namespace
}  // namespace dunlin
