// The power goes at every write while a key is exchanged; what the next look of a server makes of it is
// judged by clients that were there before.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/base/random.h"
#include "seeder/key_commands.h"
#include "seeder/pending_change.h"
#include "seeder/timestamp_renewal.h"
#include "tests/seeder/publisher_world.h"

namespace dunlin {
namespace {

class KeyChangeTest : public testing::Test {
 protected:
  struct Site {
    PublisherWorld world;
    NoPassphrases nobody;
    SeededRandom random{1};

    Site() {
      EXPECT_TRUE(world.publish("1.0", make_image(1, 5'000)));
      world.disk.put(world.paths.config(), to_toml(world.config));
      world.disk.sync_all();
    }
    int rotate(const std::string& role) {
      KeyChangeOptions options;
      options.change = KeyChange::rotate;
      options.directory = world.paths.root();
      options.role = role;
      options.plain = true;
      return run_key_change(options, {world.disk, world.clock, random, nobody});
    }
    // What a running server does.
    Result<RenewalReport> look() {
      return renew_if_due(world.paths, world.config, world.disk, world.clock, nobody);
    }
    Result<TrustedMetadata> born() {
      return TrustedMetadata::from_root(world.disk.get_text(world.paths.first_root()).value_or(""));
    }
    // What the repository has for a client, whatever root it knows.
    Result<void> follow(TrustedMetadata& client) {
      MetadataBundle files;
      for (int n = 2; !read(std::to_string(n) + ".root.json").empty(); ++n)
        files.roots.push_back(read(std::to_string(n) + ".root.json"));
      files.timestamp = read("timestamp.json");
      files.snapshot = read(named_in(files.timestamp, "snapshot.json"));
      files.targets = read(named_in(files.snapshot, "targets.json"));
      return client.update(files, world.clock.now());
    }

   private:
    std::string read(const std::string& name) {
      return world.disk.get_text(world.paths.published("metadata/" + name)).value_or("");
    }
    static std::string named_in(const std::string& json, const std::string& file) {
      const auto meta = nlohmann::json::parse(json)["signed"]["meta"][file];
      return std::to_string(meta["version"].get<int>()) + "." + file;
    }
  };
};

TEST_F(KeyChangeTest, IsFinishedOrUndoneWhereverThePowerGoes) {
  for (const char* role : {"targets", "root"}) {
    bool reached_end = false;
    for (int k = 1; !reached_end; ++k) {
      SCOPED_TRACE(std::string(role) + ", write " + std::to_string(k));
      Site site;
      Result<TrustedMetadata> client = site.born();
      ASSERT_TRUE(client);
      site.world.disk.cut_power_at(k);
      reached_end = site.rotate(role) == 0;
      site.world.disk.restart(Unsynced::torn, static_cast<std::uint64_t>(k));

      const Result<RenewalReport> report = site.look();

      ASSERT_TRUE(report) << report.error().message;
      EXPECT_FALSE(report->is_change_waiting);
      const Result<void> followed = site.follow(*client);
      ASSERT_TRUE(followed) << followed.error().message;
      EXPECT_EQ(site.rotate(role), 0) << "and the next one works";
      EXPECT_TRUE(site.follow(*client));
    }
  }
}

}  // namespace
}  // namespace dunlin
