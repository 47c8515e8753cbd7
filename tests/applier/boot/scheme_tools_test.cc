// Mender's, balena's and our own variables, both ways with the boot loaders' own tools.
#include <gtest/gtest.h>

#include "applier/boot/boot_settings.h"
#include "core/base/process.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

namespace {

class SchemeToolsTest : public testing::Test {
 protected:
  std::string run(const std::vector<std::string>& argv) {
    Result<std::string> output = run_or_fail(runner_, argv);
    EXPECT_TRUE(output) << output.error().message;
    return output ? *output : "";
  }
  void put(const std::string& name, std::string_view text) {
    ASSERT_TRUE(write_file_atomically(disk_, folder_ + name, as_bytes(text)));
  }
  void make_grub_block(const std::string& name, const std::vector<std::string>& variables) {
    run({"grub-editenv", folder_ + name, "create"});
    std::vector<std::string> words{"grub-editenv", folder_ + name, "set"};
    words.insert(words.end(), variables.begin(), variables.end());
    run(words);
  }
  std::string list(const std::string& name) { return run({"grub-editenv", folder_ + name, "list"}); }
  std::unique_ptr<BootControl> made(const BootSettings& settings) {
    EXPECT_EQ(problem_of(settings), "");
    Result<BootSettings> whole = complete(disk_, settings);
    EXPECT_TRUE(whole) << whole.error().message;
    return make_boot_control(disk_, runner_, whole ? *whole : settings);
  }

  PosixDisk disk_;
  PosixProcessRunner runner_;
  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path();
};

}  // namespace

TEST_F(SchemeToolsTest, FwPrintenvReadsMendersVariablesFromASingleCopyThatFwEnvConfigNames) {
  put("/variables", "mender_boot_part=2\nmender_boot_part_hex=2\nupgrade_available=0\nbootlimit=1\n");
  run({"mkenvimage", "-p", "0", "-s", "0x1000", "-o", folder_ + "/env", folder_ + "/variables"});
  put("/fw_env.config", "# our board\n" + folder_ + "/env 0x0 0x1000\n");
  BootSettings settings{BootBackend::uboot, BootSchemeName::mender, {{"a", "2"}, {"b", "11"}}};
  settings.fw_env_config = folder_ + "/fw_env.config";
  const std::unique_ptr<BootControl> control = made(settings);
  const auto fw_print = [&](const std::string& name) {
    const std::string text = run({"fw_printenv", "-c", folder_ + "/fw_env.config", "-n", name});
    return text.substr(0, text.find('\n'));
  };

  ASSERT_TRUE(control->arm("b", 1));

  EXPECT_EQ(fw_print("mender_boot_part"), "11");
  EXPECT_EQ(fw_print("mender_boot_part_hex"), "b");
  EXPECT_EQ(fw_print("upgrade_available"), "1");
  EXPECT_EQ(fw_print("bootcount"), "0");
  run({"fw_setenv", "-c", folder_ + "/fw_env.config", "bootcount", "1"});
  EXPECT_EQ(control->read()->next, "a");
}

TEST_F(SchemeToolsTest, GrubEditenvReadsBothOfMendersBlocksAndSha256sumTheirLocks) {
  for (const char* copy : {"1", "2"}) {
    const std::string name = std::string("/mender_grubenv") + copy;
    ASSERT_TRUE(disk_.create_directories(folder_ + name));
    make_grub_block(name + "/env", {"bootcount=0", "mender_boot_part=2", "upgrade_available=0", "machine=7"});
    make_grub_block(name + "/lock", {"editing=0"});
    run({"sh", "-c", "cd " + folder_ + name + " && sha256sum lock > lock.sha256sum"});
  }
  BootSettings settings{BootBackend::grub, BootSchemeName::mender, {{"a", "2"}, {"b", "3"}}};
  settings.path = folder_;
  const std::unique_ptr<BootControl> control = made(settings);

  ASSERT_TRUE(control->arm("b", 1));

  for (const char* copy : {"1", "2"}) {
    const std::string name = std::string("/mender_grubenv") + copy;
    for (const char* line : {"mender_boot_part=3\n", "upgrade_available=1\n", "bootcount=0\n", "machine=7\n"})
      EXPECT_NE(list(name + "/env").find(line), std::string::npos) << line;
    EXPECT_EQ(list(name + "/lock"), "editing=0\n");
    run({"sh", "-c", "cd " + folder_ + name + " && sha256sum -c lock.sha256sum"});
  }
  run({"grub-editenv", folder_ + "/mender_grubenv1/env", "set", "bootcount=1"});
  EXPECT_EQ(control->read()->next, "a");
}

TEST_F(SchemeToolsTest, GrubEditenvReadsBalenasAndOurOwnVariables) {
  make_grub_block("/balena", {"bootcount=0", "resin_root_part=2", "upgrade_available=0"});
  make_grub_block("/own", {"dunlin_slot=a"});
  BootSettings settings{BootBackend::grub, BootSchemeName::balena, {{"a", "2"}, {"b", "3"}}};
  settings.path = folder_ + "/balena";
  const std::unique_ptr<BootControl> balena = made(settings);
  settings = {BootBackend::grub, BootSchemeName::dunlin, {{"a", "a"}, {"b", "b"}}};
  settings.path = folder_ + "/own";
  const std::unique_ptr<BootControl> own = made(settings);

  ASSERT_TRUE(balena->arm("b", 1));
  ASSERT_TRUE(own->arm("b", 9));

  EXPECT_NE(list("/balena").find("resin_root_part=3\n"), std::string::npos);
  EXPECT_NE(list("/balena").find("upgrade_available=1\n"), std::string::npos);
  EXPECT_NE(list("/own").find("dunlin_try=b\n"), std::string::npos);
  run({"grub-editenv", folder_ + "/own", "set", "dunlin_tries=0"});
  EXPECT_EQ(own->read()->next, "a");
}

TEST_F(SchemeToolsTest, GrubAcceptsTheBootScriptWeShip) {
  run({"grub-script-check", std::string(DUNLIN_TEST_DATA) + "/../../../packaging/boot/dunlin-grub.cfg"});
}

TEST_F(SchemeToolsTest, RefusesAnEnvironmentThatOneCutCouldLoseUnlessToldTo) {
  put("/device", std::string(8192, 'x'));
  BootSettings settings{BootBackend::uboot, BootSchemeName::rauc, upper_case_slots({"a", "b"})};
  settings.uboot = {{{folder_ + "/device", 1024}}, 4096};

  Result<BootSettings> refused = complete(disk_, settings);

  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("accept_torn_writes"), std::string::npos);
  settings.accept_torn_writes = true;
  EXPECT_TRUE(complete(disk_, settings));
}

}  // namespace dunlin
