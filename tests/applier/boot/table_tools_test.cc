// Partition tables and boot entries, both ways: ChromeOS's cgpt, sgdisk and systemd's bootctl read what we
// wrote, and we read what they wrote.
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "applier/boot/boot_settings.h"
#include "core/base/process.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

namespace {

class TableToolsTest : public testing::Test {
 protected:
  std::string run(const std::vector<std::string>& argv) {
    Result<std::string> output = run_or_fail(runner_, argv);
    EXPECT_TRUE(output) << output.error().message;
    return output ? *output : "";
  }
  // A disk of 8 MiB with slots a and b in partitions 2 and 3.
  std::unique_ptr<BootControl> gpt() {
    run({"truncate", "-s", "8M", image_});
    run({"sgdisk", "-n", "1:2048:+1M", "-t", "1:8300", "-n", "2:0:+1M", "-t", "2:" + type_, "-n", "3:0:+1M",
         "-t", "3:" + type_, image_});
    run({"cgpt", "add", "-i", "2", "-P", "2", "-T", "0", "-S", "1", image_});
    run({"cgpt", "add", "-i", "3", "-P", "1", "-T", "0", "-S", "1", image_});
    BootSettings settings{BootBackend::gpt, BootSchemeName::rauc, {{"a", "2"}, {"b", "3"}}};
    settings.path = image_;
    return make_boot_control(disk_, runner_, settings);
  }
  // Priority, tries and success of a partition, as cgpt has them.
  std::string bits(const char* partition) {
    std::string text;
    for (const char* what : {"-P", "-T", "-S"}) {
      const std::string number = run({"cgpt", "show", "-i", partition, what, image_});
      text += (text.empty() ? "" : " ") + number.substr(0, number.find('\n'));
    }
    return text;
  }
  void damage(std::uint64_t offset) {
    auto file = disk_.open(image_, OpenMode::read_write);
    ASSERT_TRUE((*file)->write_at(offset, Bytes(8, 0xEE)));
    ASSERT_TRUE((*file)->sync());
  }

  PosixDisk disk_;
  PosixProcessRunner runner_;
  TemporaryFolder temporary_;
  std::string image_ = temporary_.path() + "/disk";
  const std::string type_ = "fe3a2a5d-4f32-41a7-b725-accc3285a309";
};

}  // namespace

TEST_F(TableToolsTest, CgptReadsThePrioritiesWeWroteAndSgdiskFindsNoFault) {
  const std::unique_ptr<BootControl> control = gpt();

  ASSERT_TRUE(control->mark_unbootable("b"));
  EXPECT_EQ(bits("3"), "0 0 0");
  ASSERT_TRUE(control->arm("b", 3));
  EXPECT_EQ(bits("3"), "3 3 0");
  EXPECT_EQ(bits("2"), "2 0 1");
  ASSERT_TRUE(control->confirm("b"));
  EXPECT_EQ(bits("3"), "3 0 1");

  EXPECT_NE(run({"sgdisk", "-v", image_}).find("No problems found"), std::string::npos);
}

TEST_F(TableToolsTest, WeReadThePrioritiesThatCgptWrote) {
  const std::unique_ptr<BootControl> control = gpt();
  EXPECT_EQ(control->read()->next, "a");

  run({"cgpt", "add", "-i", "3", "-S", "0", "-T", "1", image_});
  run({"cgpt", "prioritize", "-i", "3", image_});

  EXPECT_EQ(control->read()->next, "b");
  EXPECT_EQ(control->read()->of("b").tries_left, 1);
  run({"cgpt", "add", "-i", "3", "-T", "0", image_});
  EXPECT_EQ(control->read()->next, "a");
}

TEST_F(TableToolsTest, MendsADamagedCopyOfThePartitionTableSoThatSgdiskFindsNoFault) {
  const std::unique_ptr<BootControl> control = gpt();
  for (const std::uint64_t offset : {std::uint64_t{512}, std::uint64_t{1024}, (8u << 20) - std::uint64_t{512},
                                     (8u << 20) - std::uint64_t{16'896}}) {
    SCOPED_TRACE(offset);
    damage(offset);

    ASSERT_TRUE(control->read());
    ASSERT_TRUE(control->refill("a"));

    EXPECT_NE(run({"sgdisk", "-v", image_}).find("No problems found"), std::string::npos);
    EXPECT_EQ(bits("2"), "2 0 1");
  }
}

TEST_F(TableToolsTest, MendsASecondTableThatMissedTheLastChange) {
  const std::unique_ptr<BootControl> control = gpt();
  const std::uint64_t second = (8u << 20) - std::uint64_t{33 * 512};
  auto file = disk_.open(image_, OpenMode::read_write);
  Bytes older(33 * 512);
  ASSERT_TRUE(read_exactly(**file, second, older));
  ASSERT_TRUE(control->arm("b", 1));
  ASSERT_TRUE((*file)->write_at(second, older));
  ASSERT_TRUE((*file)->sync());

  EXPECT_EQ(control->read()->next, "b");
  ASSERT_TRUE(control->refill("a"));

  damage(512);
  EXPECT_EQ(control->read()->next, "b");
}

TEST_F(TableToolsTest, RefusesAPartitionTableWithoutAGoodCopy) {
  const std::unique_ptr<BootControl> control = gpt();
  damage(1024);
  damage((8u << 20) - std::uint64_t{512});

  Result<BootFlags> flags = control->read();

  ASSERT_FALSE(flags);
  EXPECT_NE(flags.error().message.find("cgpt repair"), std::string::npos);
  EXPECT_FALSE(control->arm("b", 1));
}

TEST_F(TableToolsTest, BootctlListsTheEntriesThatWeNamed) {
  const std::string esp = temporary_.path();
  const std::string entries = esp + "/loader/entries";
  ASSERT_TRUE(disk_.create_directories(entries));
  ASSERT_TRUE(write_file_atomically(disk_, esp + "/vmlinuz", as_bytes("kernel")));
  for (const char* slot : {"a", "b"})
    ASSERT_TRUE(write_file_atomically(
        disk_, entries + "/dunlin-" + slot + ".conf",
        as_bytes(std::string("title dunlin ") + slot + "\nsort-key dunlin\nversion " +
                 (slot[0] == 'a' ? "2" : "1") + "\nlinux /vmlinuz\noptions dunlin.slot=" + slot + "\n")));
  BootSettings settings{
      BootBackend::systemd_boot, BootSchemeName::rauc, {{"a", "dunlin-a"}, {"b", "dunlin-b"}}};
  settings.path = entries;
  const std::unique_ptr<BootControl> control = make_boot_control(disk_, runner_, settings);
  // bootctl wants the root of a file system: a copy of the folder in memory, in a mount namespace of its own.
  const std::string list =
      "mount -t tmpfs none " + esp + "/esp && cp -r " + esp + "/loader " + esp + "/vmlinuz " + esp +
      "/esp && SYSTEMD_RELAX_ESP_CHECKS=1 bootctl --no-pager --json=short --esp-path=" + esp + "/esp list";
  ASSERT_TRUE(disk_.create_directories(esp + "/esp"));
  const auto entries_seen = [&] {
    std::istringstream lines(run({"unshare", "-rm", "sh", "-c", list}));
    std::string seen;
    for (std::string line; std::getline(lines, line);) {
      const nlohmann::json entry = nlohmann::json::parse(line, nullptr, false);
      if (!entry.is_object()) return line;
      seen += entry.value("id", "?") + " " + std::to_string(entry.value("triesLeft", -1)) + ";";
    }
    return seen;
  };
  EXPECT_EQ(entries_seen(), "dunlin-a.conf -1;dunlin-b.conf -1;");

  ASSERT_TRUE(control->mark_unbootable("b"));
  EXPECT_EQ(entries_seen(), "dunlin-a.conf -1;");
  ASSERT_TRUE(control->arm("b", 3));
  EXPECT_EQ(entries_seen(), "dunlin-b.conf 3;dunlin-a.conf -1;");
  ASSERT_TRUE(control->confirm("b"));
  EXPECT_EQ(entries_seen(), "dunlin-b.conf -1;dunlin-a.conf -1;");
}

}  // namespace dunlin
