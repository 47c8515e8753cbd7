#include "applier/applier_config.h"

#include <gtest/gtest.h>

namespace dunlin {

namespace {

const std::string good = R"(
product = "edge"
hardware = "pc"
[[slot]]
name = "a"
device = "/dev/a"
[[slot]]
name = "b"
device = "/dev/b"
[boot_control]
backend = "uboot"
environment = ["/boot/one", "/boot/two"]
environment_size = 16384
tries = 2
[boot_files]
directory = "/boot"
files = [{ from = "/boot/vmlinuz", to = "vmlinuz" }]
[trial]
self_test_deadline_s = 7
)";

std::string problem(const std::string& from, const std::string& to) {
  std::string text = good;
  const std::size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  text.replace(place, from.size(), to);
  Result<ApplierConfig> config = parse_applier_config(text);
  return config ? "" : config.error().message;
}

}  // namespace

TEST(ApplierConfig, ReadsEveryTable) {
  Result<ApplierConfig> config = parse_applier_config(good);

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->slots[1].device, "/dev/b");
  EXPECT_EQ(config->uboot.size, 16384u);
  EXPECT_EQ(config->uboot.tries, 2);
  EXPECT_EQ(config->boot_files.files[0].to, "vmlinuz");
  EXPECT_EQ(config->self_test.deadline.count(), 7);
  EXPECT_EQ(config->state_dir, "/var/lib/dunlin-applier");
}

TEST(ApplierConfig, ReadsAGrubBlock) {
  EXPECT_EQ(problem("backend = \"uboot\"\nenvironment = [\"/boot/one\", \"/boot/two\"]\nenvironment_size = "
                    "16384\ntries = 2",
                    "backend = \"grub\"\nenvironment = [\"/boot/grub/grubenv\"]"),
            "");
}

TEST(ApplierConfig, NamesUnknownKeysInEveryTable) {
  EXPECT_NE(problem("product", "colour = 1\nproduct").find("\"colour\""), std::string::npos);
  EXPECT_NE(problem("[trial]", "[trial]\nself_tst_dir = \"x\"").find("\"trial.self_tst_dir\""),
            std::string::npos);
  EXPECT_NE(problem("[boot_control]", "[boot_control]\nsize = 3").find("\"boot_control.size\""),
            std::string::npos);
  EXPECT_NE(problem("name = \"a\"", "name = \"a\"\nx = 1").find("\"slot.x\""), std::string::npos);
}

TEST(ApplierConfig, NamesWhatIsMissingOrWrong) {
  EXPECT_NE(problem("product = \"edge\"", "").find("\"product\" is missing"), std::string::npos);
  EXPECT_NE(problem("\"/dev/b\"", "\"/dev/a\"").find("must differ"), std::string::npos);
  EXPECT_NE(problem("name = \"b\"", "name = \"B x\"").find("B x"), std::string::npos);
  EXPECT_NE(problem("\"uboot\"", "\"lilo\"").find("backend"), std::string::npos);
  EXPECT_NE(problem(", \"/boot/two\"", "").find("two copies"), std::string::npos);
  EXPECT_NE(problem("/boot/two", "/boot/one").find("overlap"), std::string::npos);
  EXPECT_NE(problem("tries = 2", "tries = 10").find("from 1 to 9"), std::string::npos);
  EXPECT_NE(problem("to = \"vmlinuz\"", "to = \"../x\"").find("without"), std::string::npos);
  EXPECT_NE(problem("= 7", "= \"7\"").find("self_test_deadline_s"), std::string::npos);
  EXPECT_NE(problem("[trial]", "[trial").find("line"), std::string::npos);
}

}  // namespace dunlin
