#include "seeder/seeder_config.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

const std::string minimal = "product = \"edge\"\nurl = \"https://h:8443\"\nlisten = \"0.0.0.0:8443\"\n";

TEST(SeederConfig, ReadsBackWhatItWrites) {
  SeederConfig config;
  config.product = "edge";
  config.url = "https://10.0.0.1:8443";
  config.listen = "0.0.0.0:8443";
  config.torrent_port = 6881;
  config.keep_images = 5;
  config.lifetimes.targets = std::chrono::hours(24 * 90);

  const Result<SeederConfig> read = parse_seeder_config(to_toml(config));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_toml(*read), to_toml(config));
  EXPECT_EQ(read->torrent_port, 6881);
  EXPECT_EQ(read->lifetimes.targets, config.lifetimes.targets);
}

TEST(SeederConfig, NeedsOnlyThreeKeys) {
  EXPECT_TRUE(parse_seeder_config(minimal));
}

struct BadConfig {
  std::string toml;
  std::string expected;  // part of the message
};

TEST(SeederConfig, RefusesMistakesAndNamesThem) {
  const BadConfig cases[] = {
      {"", "product"},
      {minimal + "lissten = \"x\"\n", "unknown key \"lissten\" (line 4)"},
      {minimal + "[expiry]\nroot_dayz = 1\n", "unknown key \"expiry.root_dayz\""},
      {minimal + "torrent_port = 70000\n", "torrent_port"},
      {minimal + "torrent_port = \"6881\"\n", "torrent_port"},
      {minimal + "keep_images = 0\n", "keep_images"},
      {minimal + "expiry = 3\n", "expiry"},
      {minimal + "[expiry]\nsnapshot_days = 1\ntimestamp_days = 2\n", "snapshot_days"},
      {minimal + "[expiry]\ntargets_days = -1\n", "targets_days"},
      {"product = 7\nurl = \"https://h\"\nlisten = \"x\"\n", "product"},
      {"product = \"../x\"\nurl = \"https://h\"\nlisten = \"x\"\n", "product"},
      {"product = \"edge\"\nurl = \"http://h\"\nlisten = \"x\"\n", "https://"},
      {"product = \"edge\"\nurl = \"https://h/path\"\nlisten = \"x\"\n", "path"},
      {"product = \n", "line 1"},
  };
  for (const BadConfig& bad : cases) {
    const Result<SeederConfig> config = parse_seeder_config(bad.toml);
    ASSERT_FALSE(config) << bad.toml;
    EXPECT_EQ(config.error().kind, ErrorKind::usage);
    EXPECT_NE(config.error().message.find(bad.expected), std::string::npos) << config.error().message;
  }
}

TEST(SeederConfig, ListensOnEveryAddressOfTheUrlsFamily) {
  EXPECT_EQ(listen_address_for("https://host.example:9443").value(), "0.0.0.0:9443");
  EXPECT_EQ(listen_address_for("https://host.example").value(), "0.0.0.0:443");
  EXPECT_EQ(listen_address_for("https://[2001:db8::1]:8443").value(), "[::]:8443");
}

}  // namespace
}  // namespace dunlin
