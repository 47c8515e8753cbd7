// The boot loaders' own tools read what we wrote, and we read what they wrote.
#include <gtest/gtest.h>

#include "applier/boot/boot_settings.h"
#include "core/base/process.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

namespace {

constexpr std::uint32_t size = 0x4000;

class BootToolsTest : public testing::Test {
 protected:
  BootToolsTest() {
    one_ = folder_ + "/uboot.env";
    two_ = folder_ + "/uboot-redund.env";
    grub_ = folder_ + "/grubenv";
    put("/fw.config", one_ + " 0x0 0x4000\n" + two_ + " 0x0 0x4000\n");
  }
  std::string run(std::vector<std::string> argv) {
    Result<std::string> output = run_or_fail(runner_, argv);
    EXPECT_TRUE(output) << output.error().message;
    return output ? *output : "";
  }
  void put(const std::string& name, std::string_view text) {
    ASSERT_TRUE(write_file_atomically(disk_, folder_ + name, as_bytes(text)));
  }
  void make_uboot(const std::string& variables) {
    put("/variables", variables);
    run({"mkenvimage", "-r", "-p", "0", "-s", "0x4000", "-o", one_, folder_ + "/variables"});
    run({"mkenvimage", "-r", "-p", "0", "-s", "0x4000", "-o", two_, folder_ + "/variables"});
  }
  std::string fw_print(const std::string& name) {
    std::string text = run({"fw_printenv", "-c", folder_ + "/fw.config", "-n", name});
    return text.substr(0, text.find('\n'));
  }
  void fw_set(const std::string& name, const std::string& value) {
    run({"fw_setenv", "-c", folder_ + "/fw.config", name, value});
  }
  std::unique_ptr<BootControl> uboot() {
    return make_boot_control(disk_, runner_,
                             {BootBackend::uboot,
                              BootSchemeName::rauc,
                              upper_case_slots({"a", "b"}),
                              {{{one_, 0}, {two_, 0}}, size}});
  }
  std::unique_ptr<BootControl> grub() {
    return make_boot_control(
        disk_, runner_, {BootBackend::grub, BootSchemeName::rauc, upper_case_slots({"a", "b"}), {}, grub_});
  }

  PosixDisk disk_;
  PosixProcessRunner runner_;
  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path();
  std::string one_;
  std::string two_;
  std::string grub_;
};

}  // namespace

TEST_F(BootToolsTest, WritesTheBytesOfMkenvimage) {
  make_uboot("BOOT_A_LEFT=3\nBOOT_ORDER=A B\nserial=42\n");

  Result<Bytes> theirs = read_file(disk_, one_, size);
  Result<Bytes> ours =
      serialise_uboot_copy({1, {{"BOOT_A_LEFT", "3"}, {"BOOT_ORDER", "A B"}, {"serial", "42"}}}, size);

  EXPECT_EQ(*ours, *theirs);
}

TEST_F(BootToolsTest, FwPrintenvReadsWhatWeWrote) {
  make_uboot("BOOT_A_LEFT=3\nBOOT_B_LEFT=3\nBOOT_ORDER=A B\nserial=42\n");
  const std::unique_ptr<BootControl> control = uboot();

  ASSERT_TRUE(control->mark_unbootable("b"));
  EXPECT_EQ(fw_print("BOOT_ORDER"), "A");
  EXPECT_EQ(fw_print("BOOT_B_LEFT"), "0");
  ASSERT_TRUE(control->arm("b", 2));
  EXPECT_EQ(fw_print("BOOT_ORDER"), "B A");
  EXPECT_EQ(fw_print("BOOT_B_LEFT"), "2");
  EXPECT_EQ(fw_print("serial"), "42");
}

TEST_F(BootToolsTest, WeReadWhatFwSetenvWrote) {
  make_uboot("BOOT_A_LEFT=3\nBOOT_B_LEFT=3\nBOOT_ORDER=A B\n");
  const std::unique_ptr<BootControl> control = uboot();
  for (int i = 0; i < 3; ++i) {
    fw_set("BOOT_ORDER", i % 2 == 0 ? "B A" : "A B");
    EXPECT_EQ(control->read()->next, i % 2 == 0 ? "b" : "a");
    ASSERT_TRUE(control->refill("a"));
    fw_set("BOOT_A_LEFT", std::to_string(i + 1));
    EXPECT_EQ(control->read()->of("a").tries_left, i + 1);
  }
}

TEST_F(BootToolsTest, GrubEditenvReadsWhatWeWroteAndWeReadWhatItWrote) {
  run({"grub-editenv", grub_, "create"});
  run({"grub-editenv", grub_, "set", "saved_entry=a\\b", "A_OK=1", "A_TRY=1", "ORDER=A B"});
  const std::unique_ptr<BootControl> control = grub();
  EXPECT_EQ(control->read()->next, "");

  ASSERT_TRUE(control->refill("a"));
  ASSERT_TRUE(control->arm("b", 1));

  const std::string list = run({"grub-editenv", grub_, "list"});
  for (const char* line :
       {"ORDER=B A\n", "A_OK=1\n", "A_TRY=0\n", "B_OK=1\n", "B_TRY=0\n", "saved_entry=a\\b\n"})
    EXPECT_NE(list.find(line), std::string::npos) << line << list;
  run({"grub-editenv", grub_, "set", "B_TRY=1"});
  EXPECT_EQ(control->read()->next, "a");
  run({"grub-editenv", grub_, "unset", "A_OK"});
  EXPECT_EQ(control->read()->next, "");
  EXPECT_EQ(disk_.status(grub_)->size, std::uint64_t{1024});
}

}  // namespace dunlin
