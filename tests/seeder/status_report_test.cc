#include "seeder/status_report.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "seeder/seeder_paths.h"

namespace dunlin {
namespace {

StatusReport sample() {
  StatusReport report;
  report.config.product = "edge";
  report.config.url = "https://h:8443";
  PackEntry pack;
  pack.file.size = 5u << 20;
  ImageEntry image;
  image.name = "rootfs";
  image.size = 300u << 20;
  image.packs = {pack};
  report.releases.push_back(
      PublishedRelease{1, "1.0", Digest{}, WallTime(std::chrono::seconds(1'767'225'600)), {image}});
  report.expiry = RoleExpiry{WallTime(std::chrono::hours(500'000)), WallTime(std::chrono::hours(500'000)),
                             WallTime(std::chrono::hours(500'000)), WallTime(std::chrono::hours(499'000))};
  return report;
}

TEST(StatusReport, WritesTimesInUtc) {
  EXPECT_EQ(format_time(WallTime(std::chrono::seconds(1'767'225'600))), "2026-01-01T00:00:00Z");
}

TEST(StatusReport, TellsPeopleWhatIsPublishedAndWhatExpires) {
  const std::string text = to_text(sample(), WallTime(std::chrono::hours(499'001)));

  EXPECT_NE(text.find("not serving"), std::string::npos);
  EXPECT_NE(text.find("rootfs 300.0 MiB, full pack 5.0 MiB"), std::string::npos) << text;
  EXPECT_NE(text.find("EXPIRED"), std::string::npos);
  EXPECT_NE(text.find("41 days 15 hours left"), std::string::npos) << text;
}

TEST(StatusReport, TellsProgramsTheSame) {
  StatusReport report = sample();
  report.live = LiveStatus{1, 2, {{"north", 3}}};
  report.https_bytes = 1;

  const auto parsed = nlohmann::json::parse(to_json(report), nullptr, false);

  EXPECT_EQ(parsed["serving"], true);
  EXPECT_EQ(parsed["sites"]["north"], 3);
  EXPECT_EQ(parsed["releases"][0]["images"][0]["packs"][0]["size"], 5u << 20);
  EXPECT_TRUE(parsed["releases"][0]["images"][0]["packs"][0]["base"].is_null());
  EXPECT_EQ(parsed["served"]["https_bytes"], 1);
}

TEST(StatusReport, ReadsWhatAServerSaysAndNothingElse) {
  const auto live = parse_live_status(R"({"https_bytes":7,"torrent_bytes":-1,"sites":{"a":2,"b":"x"}})");

  ASSERT_TRUE(live);
  EXPECT_EQ(live->https_bytes, 7u);
  EXPECT_EQ(live->torrent_bytes, 0u);
  EXPECT_EQ(live->sites, (std::map<std::string, std::size_t>{{"a", 2}}));
  EXPECT_FALSE(parse_live_status("[]"));
  EXPECT_FALSE(parse_live_status("{"));
}

}  // namespace
}  // namespace dunlin
