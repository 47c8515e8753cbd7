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

  const Result<SeederConfig> read = parse_seeder_config(to_toml(config), "seeder.toml");

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_toml(*read), to_toml(config));
  EXPECT_EQ(read->torrent_port, 6881);
  EXPECT_EQ(read->lifetimes.targets, config.lifetimes.targets);
}

TEST(SeederConfig, ListensWhereItsUrlLeadsUnlessToldOtherwise) {
  const Result<SeederConfig> config =
      parse_seeder_config("product = \"edge\"\nurl = \"https://h:9443\"\n", "seeder.toml");

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->listen, "0.0.0.0:9443");
  EXPECT_TRUE(parse_seeder_config(minimal, "seeder.toml"));
}

struct BadConfig {
  std::string toml;
  std::string expected;  // part of the message
};

TEST(SeederConfig, RefusesMistakesAndNamesThem) {
  const BadConfig cases[] = {
      {"", "product"},
      {minimal + "lissten = \"x\"\n", "seeder.toml:4: unknown key `lissten`; did you mean `listen`?"},
      {minimal + "[expiry]\nroot_dayz = 1\n", "unknown key `root_dayz` in [expiry]"},
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
      {"product = \n", "seeder.toml:1: "},
      {minimal + "[#", "is not TOML"},
  };
  for (const BadConfig& bad : cases) {
    const Result<SeederConfig> config = parse_seeder_config(bad.toml, "seeder.toml");
    ASSERT_FALSE(config) << bad.toml;
    EXPECT_EQ(config.error().kind, ErrorKind::usage);
    EXPECT_NE(config.error().message.find(bad.expected), std::string::npos) << config.error().message;
  }
}

TEST(SeederConfig, SurvivesEveryOneByteChange) {
  const std::string text = minimal + "[expiry]\nroot_days = 9\n";
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (char byte : {'\0', '"', '[', '#', '\n', '\xff'}) {
      std::string changed = text;
      changed[i] = byte;
      const Result<SeederConfig> config = parse_seeder_config(changed, "seeder.toml");
      if (!config) {
        EXPECT_EQ(config.error().kind, ErrorKind::usage);
      }
    }
  }
}

TEST(SeederConfig, ListensOnEveryAddressOfTheUrlsFamily) {
  EXPECT_EQ(listen_address_for("https://host.example:9443").value(), "0.0.0.0:9443");
  EXPECT_EQ(listen_address_for("https://host.example").value(), "0.0.0.0:443");
  EXPECT_EQ(listen_address_for("https://[2001:db8::1]:8443").value(), "[::]:8443");
}

}  // namespace
}  // namespace dunlin
