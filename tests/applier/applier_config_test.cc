#include "applier/applier_config.h"

#include "tests/precompiled_test.h"

namespace dunlin {

namespace {

using testing::HasSubstr;
using testing::StartsWith;

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
  Result<ApplierConfig> config = parse_applier_config(text, "applier.toml");
  return config ? "" : config.error().message;
}

}  // namespace

TEST(ApplierConfig, ReadsEveryTable) {
  Result<ApplierConfig> config = parse_applier_config(good, "applier.toml");

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->slots[1].device, "/dev/b");
  EXPECT_EQ(config->boot.uboot.size, 16384u);
  EXPECT_EQ(config->boot.tries, 2);
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

TEST(ApplierConfig, ReadsEveryBackendAndWhatItsBootLoaderCallsTheSlots) {
  const std::string uboot =
      "backend = \"uboot\"\nenvironment = [\"/boot/one\", \"/boot/two\"]\nenvironment_size = 16384\ntries = "
      "2";
  EXPECT_EQ(problem(uboot, "backend = \"uboot\"\nfw_env_config = \"/etc/fw_env.config\""), "");
  EXPECT_EQ(
      problem(uboot, "backend = \"uboot\"\nscheme = \"balena\"\nenvironment = [\"/boot/resinOS_uEnv.txt\"]"),
      "");
  EXPECT_EQ(problem(uboot, "backend = \"grub\"\nscheme = \"mender\"\nenvironment = [\"/boot/grub\"]"), "");
  EXPECT_EQ(problem(uboot, "backend = \"android\"\npath = \"/dev/misc\""), "");
  EXPECT_EQ(problem(uboot, "backend = \"systemd-boot\"\npath = \"/boot/loader/entries\""), "");
  EXPECT_EQ(problem(uboot, "backend = \"script\"\npath = \"/usr/lib/flags\""), "");
  EXPECT_THAT(problem(uboot, "backend = \"gpt\"\npath = \"/dev/sda\""),
              HasSubstr("boot_name of slot \"a\" must be the number of its partition"));
  EXPECT_THAT(problem(uboot, "backend = \"efi\"\npath = \"/sys\""), HasSubstr("Boot0001"));
  EXPECT_THAT(problem(uboot, "backend = \"android\""), HasSubstr("`path` in [boot_control] is missing"));
  EXPECT_THAT(problem(uboot, "backend = \"grub\"\nscheme = \"snapd\"\nenvironment = [\"/x\"]"),
              HasSubstr("snapd-16"));
  EXPECT_THAT(problem("name = \"b\"", "name = \"b\"\nboot_name = \"A\""),
              HasSubstr("also that of slot \"a\""));
  EXPECT_THAT(problem("tries = 2", "fw_env_config = \"/etc/x\""), HasSubstr("keep one"));
}

TEST(ApplierConfig, NamesUnknownKeysInEveryTable) {
  EXPECT_THAT(problem("product", "colour = 1\nproduct"), StartsWith("applier.toml:2: unknown key `colour`;"));
  EXPECT_THAT(problem("[trial]", "[trial]\nself_tst_dir = \"x\""),
              HasSubstr("`self_tst_dir` in [trial]; did you mean `self_test_dir`?"));
  EXPECT_THAT(problem("[boot_control]", "[boot_control]\nsize = 3"), HasSubstr("`size` in [boot_control]"));
  EXPECT_THAT(problem("name = \"a\"", "name = \"a\"\nx = 1"), HasSubstr(":6: unknown key `x` in [[slot]]"));
  EXPECT_THAT(problem("to = \"vmlinuz\"", "to = \"vmlinuz\", mode = 1"), HasSubstr("`mode` in [[files]]"));
  EXPECT_THAT(problem("product = ", "produkt = "),
              HasSubstr("unknown key `produkt`; did you mean `product`?"));
}

TEST(ApplierConfig, NamesWhatIsMissingOrWrong) {
  EXPECT_THAT(problem("product = \"edge\"", ""), HasSubstr("`product` is missing"));
  EXPECT_THAT(problem("\"edge\"", "\"\""), HasSubstr("`product` must not be empty"));
  EXPECT_THAT(problem("\"/dev/b\"", "\"/dev/a\""), HasSubstr("must differ from those of slot \"a\""));
  EXPECT_THAT(problem("name = \"b\"", "name = \"B x\""), HasSubstr("B x"));
  EXPECT_THAT(problem("\"/dev/b\"", "\"/dev/ubi0_1\""), HasSubstr("raw flash"));
  EXPECT_THAT(problem("\"/dev/b\"", "\"/dev/mtdblock3\""), HasSubstr("raw flash"));
  EXPECT_THAT(problem("[[slot]]\nname = \"b\"\ndevice = \"/dev/b\"\n", ""), HasSubstr("two [[slot]] tables"));
  EXPECT_THAT(problem("\"uboot\"", "\"lilo\""), HasSubstr("`backend` in [boot_control] must be one of"));
  EXPECT_THAT(problem("backend = \"uboot\"", ""), HasSubstr("`backend` in [boot_control] is missing"));
  EXPECT_THAT(problem(", \"/boot/two\"", ", \"/x\", \"/y\""), HasSubstr("two copies"));
  EXPECT_THAT(problem("/boot/two", "/boot/one"), HasSubstr("overlap"));
  EXPECT_THAT(problem("tries = 2", "offsets = [0, -1]"),
              HasSubstr("`offsets` in [boot_control] must be a list"));
  EXPECT_THAT(problem("tries = 2", "tries = 10"), HasSubstr("from 1 to 9"));
  EXPECT_THAT(problem("to = \"vmlinuz\"", "to = \"../x\""), HasSubstr("without"));
  EXPECT_THAT(problem("= 7", "= \"7\""), HasSubstr("self_test_deadline_s"));
  EXPECT_EQ(problem("[trial]", "[trial]\nchecks = [\"services\", \"node\"]"), "");
  EXPECT_EQ(problem("[trial]", "[trial]\nchecks = []"), "");
  EXPECT_THAT(problem("[trial]", "[trial]\nchecks = [\"rot\"]"),
              HasSubstr("has \"rot\", but the checks are: root, services"));
  EXPECT_THAT(problem("[trial]", "[trial"), StartsWith("applier.toml:18: "));
}

TEST(ApplierConfig, SurvivesTextOnWhichTheTomlLibraryAsserts) {
  EXPECT_THAT(problem("[trial]", "[#"), HasSubstr("is not TOML"));
}

TEST(ApplierConfig, SurvivesEveryOneByteChange) {
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (char byte : {'\0', '"', '[', '#', '\n', '\xff'}) {
      std::string changed = good;
      changed[i] = byte;
      const Result<ApplierConfig> config = parse_applier_config(changed, "applier.toml");
      if (!config) {
        EXPECT_EQ(config.error().kind, ErrorKind::usage);
      }
    }
  }
}

}  // namespace dunlin
