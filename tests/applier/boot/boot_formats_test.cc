// Parsers of what boot loaders keep: published vectors, refusals, and every one-byte change without a crash.
#include "applier/boot/android_boot_control.h"
#include "applier/boot/autoboot_text.h"
#include "applier/boot/balena_store.h"
#include "applier/boot/boot_entry.h"
#include "applier/boot/fw_env_config.h"
#include "applier/boot/script_boot_control.h"
#include "tests/fakes/fake_disk.h"
#include "tests/precompiled_test.h"

namespace dunlin {

namespace {

using testing::HasSubstr;

const std::string android_defaults =
    "5f61000042434142010200007f007f00000000000000000000000000"
    "27ef1f32";

AndroidControl android(const std::string& hex) {
  Result<AndroidControl> control = AndroidControl::parse(*from_hex(hex));
  EXPECT_TRUE(control) << control.error().message;
  return control ? *control : AndroidControl{};
}

}  // namespace

TEST(AndroidControl, ReadsAndWritesTheDefaultsOfUboot) {
  AndroidControl control = android(android_defaults);

  EXPECT_EQ(control.slot_count(), 2);
  EXPECT_EQ(control.slot(1), (AndroidSlot{15, 7, false, false}));
  control.set_slot(0, {14, 1, true, false});
  control.set_slot(1, {15, 6, false, false});

  const std::string hex = to_hex(control.bytes());
  EXPECT_EQ(hex.substr(24, 8), "9e006f00");
  EXPECT_EQ(hex.substr(56), "a922799f");
}

TEST(AndroidControl, RefusesEveryOneByteChange) {
  const Bytes good = *from_hex(android_defaults);
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes changed = good;
    changed[i] ^= 0x10;
    EXPECT_FALSE(AndroidControl::parse(changed)) << i;
  }
  EXPECT_FALSE(AndroidControl::parse({}));
}

TEST(AutobootText, IsOneSectorThatReadsBack) {
  const std::string text = to_text(AutobootText{2, 3});

  EXPECT_EQ(text.size(), autoboot_size);
  EXPECT_THAT(text,
              testing::StartsWith("[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n#"));
  EXPECT_EQ(parse_autoboot(text)->try_partition, 3);
  EXPECT_EQ(parse_autoboot(to_text(AutobootText{12, 12}))->try_partition, 12);
  EXPECT_EQ(to_text(AutobootText{12, 12}).size(), autoboot_size);
}

TEST(AutobootText, SaysWhatIsMissing) {
  EXPECT_THAT(parse_autoboot("[all]\nboot_partition=2\n").error().message, HasSubstr("tryboot_a_b=1"));
  EXPECT_THAT(parse_autoboot("[all]\ntryboot_a_b=1\n").error().message, HasSubstr("boot_partition"));
  EXPECT_THAT(parse_autoboot("boot_partition=x").error().message, HasSubstr("\"x\""));
  EXPECT_THAT(parse_autoboot(std::string(513, '#')).error().message, HasSubstr("512"));
}

TEST(BootEntryName, ReadsWhatSystemdBootNames) {
  for (const char* text :
       {"foo.conf", "foo+3.conf", "foo+2-1.conf", "foo+0-3.conf", "a+b.conf", "foo.conf.off"})
    EXPECT_EQ(to_text(*parse_boot_entry_name(text)), text);
  EXPECT_EQ(parse_boot_entry_name("foo+2-1.conf")->left, 2);
  EXPECT_EQ(parse_boot_entry_name("foo+2-1.conf")->done, 1);
  EXPECT_TRUE(parse_boot_entry_name("foo+0-3.conf")->is_bad());
  EXPECT_EQ(parse_boot_entry_name("a+b.conf")->id, "a+b");
  for (const char* text : {"", ".conf", "foo.efi", "foo.conf.new", "foo+-1.confx"})
    EXPECT_FALSE(parse_boot_entry_name(text)) << text;
}

TEST(BootEntryText, ReplacesOneValueAndKeepsTheRest) {
  const std::string text = "title x\nversion  1 \nversion-hint 9\nlinux /k\n";

  EXPECT_EQ(entry_value(text, "version"), "1");
  EXPECT_EQ(with_entry_value(text, "version", "22"), "title x\nversion  22\nversion-hint 9\nlinux /k\n");
  EXPECT_EQ(with_entry_value("linux /k", "version", "1"), "linux /k\nversion 1\n");
  EXPECT_EQ(entry_value("version", "version"), "");
}

TEST(TextEnvironment, ReadsWhatEnvImportReads) {
  Result<BootVariables> read =
      parse_text_environment(std::string_view("# x\nresin_root_part=2\nupgrade_available=0\n\0junk", 47));

  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (BootVariables{{"resin_root_part", "2"}, {"upgrade_available", "0"}}));
  EXPECT_EQ(balena_count_text("2"), std::string("bootcount=2\n\0", 13));
  EXPECT_FALSE(parse_text_environment("x\n"));
  EXPECT_FALSE(parse_text_environment("=x\n"));
}

TEST(FwEnvConfig, ReadsCopiesAsUbootsToolsDo) {
  Result<FwEnvConfig> config = parse_fw_env_config(
      "# comment\n/dev/mmcblk0 0x100000 0x4000\n/dev/mmcblk0 -0x8000 16384 0x200 # second\n\n");

  ASSERT_TRUE(config);
  EXPECT_EQ(config->size, 16384u);
  EXPECT_EQ(config->copies[0].offset, 0x100000);
  EXPECT_EQ(config->copies[1].offset, -0x8000);
}

TEST(FwEnvConfig, CountsANegativeOffsetFromTheEnd) {
  FakeDisk disk;
  disk.add_block_device("/dev/mmc", 65'536);
  disk.put("/etc/fw_env.config", "/dev/mmc -0x4000 0x1000\n");

  Result<UbootSettings> settings = read_fw_env_config(disk, "/etc/fw_env.config");

  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->copies.at(0).offset, 49'152u);
}

TEST(FwEnvConfig, SaysWhatItCannotUse) {
  EXPECT_THAT(parse_fw_env_config("").error().message, HasSubstr("0 copies"));
  EXPECT_THAT(parse_fw_env_config("/dev/mtd0 0 0x1000\n").error().message, HasSubstr("raw flash"));
  EXPECT_THAT(parse_fw_env_config("/x 0\n").error().message, HasSubstr("size"));
  EXPECT_THAT(parse_fw_env_config("/x 0 9q\n").error().message, HasSubstr("9q"));
  EXPECT_THAT(parse_fw_env_config("/x 0 0x1000\n/y 0 0x2000\n").error().message, HasSubstr("different"));
}

TEST(ScriptFlags, ReadsOneLineForEachSlot) {
  const std::vector<BootSlot> slots{{"a", "one"}, {"b", "two"}};
  const std::string text = "slot two off 0\nslot one enabled 3\nnext one\n";

  Result<BootFlags> flags = parse_script_flags(text, slots);

  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->next, "a");
  EXPECT_EQ(flags->of("a").tries_left, 3);
  EXPECT_FALSE(flags->of("b").enabled);
  EXPECT_EQ(to_text(*flags, slots), "slot one enabled 3\nslot two off 0\nnext one\n");
}

TEST(ScriptFlags, RefusesAnythingElse) {
  const std::vector<BootSlot> slots{{"a", "a"}, {"b", "b"}};
  for (const char* text :
       {"", "slot a enabled 3\nnext a\n", "slot a enabled 3\nslot a off 0\nslot b off 0\n",
        "slot a enabled x\nslot b off 0\n", "slot a maybe 1\nslot b off 0\n", "hello\n",
        "slot a enabled 1\nslot b off 0\nnext c\n", "slot a enabled 1 more\nslot b off 0\n"})
    EXPECT_FALSE(parse_script_flags(text, slots)) << text;
}

}  // namespace dunlin
