// systemd's own tool ends trials on the entries that we named, and we read what it made of them. It runs
// where it finds a machine that EFI booted (as_efi_machine.sh).
#include <gtest/gtest.h>

#include "applier/boot/systemd_boot_control.h"
#include "core/base/process.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {
namespace {

class BlessBootTest : public testing::Test {
 protected:
  BlessBootTest() {
    for (const std::string& folder : {entries_, temporary_ / "root"})
      EXPECT_TRUE(disk_.create_directories(folder));
    for (const char* slot : {"a", "b"})
      temporary_.write("esp/loader/entries/dunlin-" + std::string(slot) + ".conf",
                       std::string("title dunlin\nsort-key dunlin\nversion ") + (slot[0] == 'a' ? "2" : "1") +
                           "\nlinux /vmlinuz\n");
    EXPECT_TRUE(control_.mark_unbootable("b"));
    EXPECT_TRUE(control_.arm("b", 3));
  }
  // The boot loader takes one of three tries.
  void boot_once() {
    ASSERT_TRUE(disk_.rename(entries_ + "/dunlin-b+3.conf", entries_ + "/dunlin-b+2-1.conf"));
  }
  std::string bless(const std::string& verb) {
    Result<std::string> output =
        run_or_fail(runner_, {DUNLIN_TEST_DATA "/as_efi_machine.sh", temporary_ / "root",
                              "\\loader\\entries\\dunlin-b+2-1.conf", "/lib/systemd/systemd-bless-boot",
                              "--path=" + (temporary_ / "esp"), verb});
    EXPECT_TRUE(output) << output.error().message;
    return output ? *output : "";
  }

  TemporaryFolder temporary_;
  PosixDisk disk_;
  PosixProcessRunner runner_;
  std::string entries_ = temporary_ / "esp/loader/entries";
  SystemdBootControl control_{disk_, entries_, {{"a", "dunlin-a"}, {"b", "dunlin-b"}}, 3};
};

TEST_F(BlessBootTest, FindsOurTrialWithoutAVerdict) {
  boot_once();

  EXPECT_NE(bless("status").find("indeterminate"), std::string::npos);
}

TEST_F(BlessBootTest, ConfirmsOurTrial) {
  boot_once();
  bless("good");

  const Result<BootFlags> flags = control_.read();
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->next, "b");
  EXPECT_EQ(flags->of("b").tries_left, 3);
  EXPECT_EQ(disk_.status(entries_ + "/dunlin-b.conf")->kind, FileKind::regular);
}

TEST_F(BlessBootTest, EndsOurTrialBadly) {
  boot_once();
  bless("bad");

  const Result<BootFlags> flags = control_.read();
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->next, "a");
  EXPECT_FALSE(flags->of("b").bootable());
}

TEST_F(BlessBootTest, FindsWhatWeConfirmedGood) {
  boot_once();
  ASSERT_TRUE(control_.confirm("b"));

  EXPECT_NE(bless("status").find("good"), std::string::npos);
}

}  // namespace
}  // namespace dunlin
