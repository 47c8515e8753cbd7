// The real program on slots in files, with a real U-Boot environment or GRUB block, a real ext4 image and a
// signed repository. The test plays node (through ApplierClient) and the firmware.
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "applier/boot/grub_environment.h"
#include "applier/client/applier_client.h"
#include "applier/client/slot_writer.h"
#include "core/base/process.h"
#include "core/base/random.h"
#include "core/trust/repository_signer.h"
#include "tests/fakes/folder_watch.h"
#include "tests/fakes/notify_socket.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/firmware/grub_rauc.h"
#include "tests/firmware/uboot_rauc.h"

extern char** environ;

namespace dunlin {

namespace {

constexpr std::uint32_t environment_size = 4096;

class ApplierProgram : public testing::TestWithParam<bool> {
 protected:
  ApplierProgram() {
    for (const char* part : {"/boot", "/state", "/tests", "/root/boot"})
      std::filesystem::create_directories(folder_ + part);
    put("/root/boot/vmlinuz", "kernel 2");
    run({"mkfs.ext4", "-q", "-F", "-b", "4096", "-d", folder_ + "/root", folder_ + "/image", "1M"});
    image_ = *read_file(disk_, folder_ + "/image", 4 << 20);
    put("/slot-a", std::string(2 << 20, 'A'));
    put("/slot-b", std::string(2 << 20, 'B'));
    put("/reboot", "#!/bin/sh\necho reboot >> " + folder_ + "/reboots\n", 0755);
    flash_environment();
    sign();
    write_config("");
  }
  ~ApplierProgram() override { kill(); }

  void put(const std::string& name, std::string_view text, int mode = 0644) {
    ASSERT_TRUE(write_file_atomically(disk_, folder_ + name, as_bytes(text)));
    std::filesystem::permissions(folder_ + name, static_cast<std::filesystem::perms>(mode));
  }
  std::string get(const std::string& name) {
    Result<std::string> text = read_text(disk_, folder_ + name, 4 << 20);
    return text ? *text : "";
  }
  void run(std::vector<std::string> argv) {
    Result<std::string> output = run_or_fail(runner_, std::move(argv));
    ASSERT_TRUE(output) << output.error().message;
  }

  void flash_environment() {
    const BootVariables uboot{{"BOOT_ORDER", "A B"}, {"BOOT_A_LEFT", "3"}, {"BOOT_B_LEFT", "3"}};
    put("/boot/one", as_text(*serialise_uboot_copy({1, uboot}, environment_size)));
    put("/boot/two", as_text(*serialise_uboot_copy({0, uboot}, environment_size)));
    GrubBlock block;
    for (const auto& [name, value] : BootVariables{{"A_OK", "1"}, {"B_OK", "1"}, {"ORDER", "A B"}})
      block.set(name, value);
    put("/boot/grubenv", as_text(*serialise_grub_block(block, {})));
  }

  Manifest manifest_for(const std::string& version) {
    Manifest manifest;
    manifest.product = "edge";
    manifest.version = version;
    manifest.hardware = {"pc"};
    manifest.version_floor = version == "2" ? "1" : "";
    ImageEntry image;
    image.name = "rootfs";
    image.size = image_.size();
    image.id = sha256(image_);
    const RepositoryFile pack{"packs/" + std::string(64, '1') + ".pack", 10,
                              *Digest::from_hex(std::string(64, '1'))};
    const RepositoryFile torrent{"torrents/" + std::string(64, '2') + ".torrent", 10,
                                 *Digest::from_hex(std::string(64, '2'))};
    image.packs.push_back({pack, torrent, std::nullopt});
    manifest.images.push_back(image);
    return manifest;
  }
  static void added(const Result<RepositoryFile>& file) { ASSERT_TRUE(file) << file.error().message; }
  // A repository with releases 2 (fits), 0.5 (below the floor later) and 3 (other hardware).
  void sign() {
    Result<RepositorySigner> signer = RepositorySigner::create({}, SystemClock().now());
    ASSERT_TRUE(signer);
    Manifest other = manifest_for("3");
    other.hardware = {"arm-board"};
    for (const Manifest& manifest : {manifest_for("2"), manifest_for("0.5"), other})
      added(signer->add_release(manifest));
    Result<std::vector<RepositoryOutput>> outputs = signer->sign_all(SystemClock().now());
    ASSERT_TRUE(outputs) << outputs.error().message;
    for (const RepositoryOutput& output : *outputs) {
      if (output.path.ends_with("1.root.json")) put("/root.json", output.bytes);
      if (output.path.ends_with("timestamp.json")) request_.timestamp = output.bytes;
      if (output.path.ends_with(".snapshot.json")) request_.snapshot = output.bytes;
      if (output.path.ends_with(".targets.json")) request_.targets = output.bytes;
      for (const char* version : {"2", "0.5", "3"})
        if (output.path.starts_with("targets/") &&
            output.path.ends_with("." + std::string(version) + ".json"))
          manifests_[version] = output.bytes;
    }
    request_.image = "rootfs";
    request_.manifest = manifests_["2"];
  }

  void write_config(const std::string& extra) {
    const std::string boot_control =
        GetParam() ? "backend = \"grub\"\nenvironment = [\"" + folder_ + "/boot/grubenv\"]\n"
                   : "backend = \"uboot\"\nenvironment_size = 4096\nenvironment = [\"" + folder_ +
                         "/boot/one\", \"" + folder_ + "/boot/two\"]\n";
    put("/applier.toml",
        extra + "socket = \"" + folder_ + "/socket\"\nstate_dir = \"" + folder_ +
            "/state\"\nroot_metadata = \"" + folder_ +
            "/root.json\"\nproduct = \"edge\"\nhardware = \"pc\"\ncommand_line_file = \"" + folder_ +
            "/cmdline\"\nreboot_command = [\"" + folder_ + "/reboot\"]\n[[slot]]\nname = \"a\"\n" +
            "device = \"" + folder_ + "/slot-a\"\n[[slot]]\nname = \"b\"\ndevice = \"" + folder_ +
            "/slot-b\"\n[boot_control]\n" + boot_control + "[boot_files]\ndirectory = \"" + folder_ +
            "/boot\"\nfiles = [{ from = \"/boot/vmlinuz\", to = \"vmlinuz\" }]\n" +
            "[trial]\nself_test_dir = \"" + folder_ + "/tests\"\nself_test_deadline_s = 20\n");
  }

  // Starts the program in `slot` and waits until it is ready.
  void start_in(const std::string& slot) {
    put("/cmdline", "quiet dunlin.slot=" + slot + "\n");
    const std::string notify_socket = "NOTIFY_SOCKET=" + folder_ + "/notify";
    std::vector<char*> environment;
    for (char** each = environ; *each != nullptr; ++each)
      if (!std::string_view(*each).starts_with("NOTIFY_SOCKET=")) environment.push_back(*each);
    environment.push_back(const_cast<char*>(notify_socket.c_str()));
    environment.push_back(nullptr);
    const std::string program = DUNLIN_PROGRAMS "/dunlin-applier";
    const std::string config = folder_ + "/applier.toml";
    std::vector<const char*> argv{program.c_str(), "--config", config.c_str(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const std::string log = folder_ + "/log";
    posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ASSERT_EQ(::posix_spawn(&pid_, program.c_str(), &actions, nullptr, const_cast<char**>(argv.data()),
                            environment.data()),
              0);
    posix_spawn_file_actions_destroy(&actions);
    ASSERT_EQ(notify_.receive(), "READY=1") << get("/log");
  }
  std::string boot() {
    kill();
    const std::string slot =
        GetParam() ? grub_rauc_firmware(folder_ + "/boot/grubenv")->boot(disk_)
                   : uboot_rauc_firmware(folder_ + "/boot/one", folder_ + "/boot/two", environment_size)
                         ->boot(disk_);
    start_in(slot);
    return slot;
  }
  // Whatever the program does shows in a file: its state, the boot environment, the reboots.
  template <class Condition>
  void wait_until(Condition condition) {
    FolderWatch watch({folder_, folder_ + "/state", folder_ + "/boot"});
    ASSERT_TRUE(watch.wait_for(condition, std::chrono::seconds(60))) << get("/log");
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  ApplierStatus status() {
    Result<ApplierStatus> status = client_.status();
    EXPECT_TRUE(status) << get("/log");
    return status ? *status : ApplierStatus{};
  }
  void write_all(SpareSlot& slot) {
    SlotWriter writer(*slot.file);
    ASSERT_TRUE(writer.write(0, image_));
    ASSERT_TRUE(writer.sync());
  }
  void install() {
    Result<SpareSlot> slot = client_.begin_install(request_);
    ASSERT_TRUE(slot) << slot.error().message;
    write_all(*slot);
    Result<void> committed = client_.commit_install({});
    ASSERT_TRUE(committed) << committed.error().message << get("/log");
  }
  void expect_refused(const InstallRequest& request, const std::string& word) {
    Result<SpareSlot> slot = client_.begin_install(request);
    ASSERT_FALSE(slot) << word;
    EXPECT_NE(slot.error().message.find(word), std::string::npos) << slot.error().message;
    EXPECT_EQ(get("/slot-b"), std::string(2 << 20, 'B'));
  }

  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path();
  NotifySocket notify_{folder_ + "/notify"};
  PosixDisk disk_;
  PosixProcessRunner runner_;
  ApplierClient client_{folder_ + "/socket"};
  Bytes image_;
  InstallRequest request_;
  std::map<std::string, std::string> manifests_;
  pid_t pid_ = -1;
};

}  // namespace

TEST_P(ApplierProgram, InstallsTriesAndConfirms) {
  put("/tests/10-ok", "#!/bin/sh\ntest \"$DUNLIN_SLOT\" = b\n", 0755);
  ASSERT_EQ(boot(), "a");
  install();
  EXPECT_EQ(status().install, "staged");
  EXPECT_EQ(get("/boot/b-vmlinuz"), "kernel 2");

  ASSERT_TRUE(client_.reboot());
  EXPECT_EQ(get("/reboots"), "reboot\n");
  ASSERT_EQ(boot(), "b");
  wait_until([&] { return status().trial && status().trial->verdict != "running"; });

  EXPECT_EQ(status().trial->verdict, "confirmed");
  EXPECT_EQ(status().version_floor, "1");
  EXPECT_EQ(status().slots[1].version, "2");
  EXPECT_EQ(status().slots[1].image_id, sha256(image_));
  EXPECT_EQ(get("/slot-a"), std::string(2 << 20, 'A')) << "the booted slot was never touched";
  EXPECT_EQ(boot(), "b");
  std::unique_ptr<File> booted = *client_.open_booted_slot();
  Bytes start(image_.size());
  ASSERT_TRUE(read_exactly(*booted, 0, start));
  EXPECT_EQ(start, image_);
  EXPECT_FALSE(booted->write_at(0, start));
}

TEST_P(ApplierProgram, OpensConfirmedSlotsForReadingAndNoOthers) {
  ASSERT_EQ(boot(), "a");
  Result<std::unique_ptr<File>> running = client_.open_slot("a");
  ASSERT_TRUE(running) << running.error().message;
  Bytes start(4);
  ASSERT_TRUE(read_exactly(**running, 0, start));
  EXPECT_EQ(as_text(start), "AAAA");
  EXPECT_FALSE((*running)->write_at(0, start));

  ASSERT_TRUE(client_.begin_install(request_));

  EXPECT_EQ(client_.open_slot("b").error().kind, ErrorKind::usage);
  EXPECT_EQ(client_.open_slot("c").error().kind, ErrorKind::usage);
  install();
  EXPECT_EQ(client_.open_slot("b").error().kind, ErrorKind::usage) << "armed for its trial, not confirmed";
}

TEST_P(ApplierProgram, FallsBackAndSaysWhyAndRefusesTheImageThen) {
  put("/tests/20-app", "#!/bin/sh\necho app is down\nexit 3\n", 0755);
  ASSERT_EQ(boot(), "a");
  install();
  ASSERT_EQ(boot(), "b");
  wait_until([&] { return !get("/reboots").empty(); });

  ASSERT_EQ(boot(), "a");

  wait_until([&] { return status().trial.has_value() && status().slots[1].state == "unbootable"; });
  EXPECT_EQ(status().trial->verdict, "failed");
  EXPECT_EQ(status().trial->reason, "self-test 20-app failed with code 3: app is down");
  Result<SpareSlot> again = client_.begin_install(request_);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find("failed its trial"), std::string::npos);
  request_.force = true;
  EXPECT_TRUE(client_.begin_install(request_));
}

TEST_P(ApplierProgram, RefusesWhatIsNotSignedOrDoesNotFitBeforeTheFirstByte) {
  ASSERT_EQ(boot(), "a");
  InstallRequest flipped = request_;
  flipped.timestamp[flipped.timestamp.size() / 2] ^= 1;
  expect_refused(flipped, "timestamp");
  flipped = request_;
  flipped.manifest.replace(flipped.manifest.find("rootfs"), 6, "rootfz");
  expect_refused(flipped, "manifest");
  InstallRequest other = request_;
  other.manifest = manifests_["3"];
  expect_refused(other, "hardware");
  other = request_;
  other.image = "boot";
  expect_refused(other, "boot");
  ASSERT_EQ(::truncate((folder_ + "/slot-b").c_str(), 4096), 0);
  Result<SpareSlot> small = client_.begin_install(request_);
  ASSERT_FALSE(small);
  EXPECT_NE(small.error().message.find("4096"), std::string::npos) << small.error().message;
}

TEST_P(ApplierProgram, RefusesAVersionBelowTheFloorOfAConfirmedRelease) {
  ASSERT_EQ(boot(), "a");
  install();
  ASSERT_EQ(boot(), "b");
  wait_until([&] { return status().version_floor == "1"; });
  request_.manifest = manifests_["0.5"];

  Result<SpareSlot> slot = client_.begin_install(request_);

  ASSERT_FALSE(slot);
  EXPECT_NE(slot.error().message.find("floor"), std::string::npos) << slot.error().message;
}

TEST_P(ApplierProgram, RefusesASlotWithAFlippedBit) {
  ASSERT_EQ(boot(), "a");
  Result<SpareSlot> slot = client_.begin_install(request_);
  ASSERT_TRUE(slot);
  write_all(*slot);
  Bytes byte{static_cast<std::uint8_t>(image_[777'777] ^ 4)};
  ASSERT_TRUE(slot->file->write_at(777'777, byte));

  Result<void> committed = client_.commit_install({});

  ASSERT_FALSE(committed);
  EXPECT_NE(committed.error().message.find("slot b"), std::string::npos);
  EXPECT_EQ(boot(), "a");
  EXPECT_EQ(status().slots[1].state, "unbootable");
}

TEST_P(ApplierProgram, GoesOnAfterBeingKilledAtEveryStepOfAnInstall) {
  ASSERT_EQ(boot(), "a");
  Result<SpareSlot> slot = client_.begin_install(request_);
  ASSERT_TRUE(slot);
  ASSERT_EQ(boot(), "a");
  EXPECT_EQ(status().install, "writing");
  slot = client_.begin_install(request_);
  ASSERT_TRUE(slot);
  write_all(*slot);
  ASSERT_EQ(boot(), "a");

  ASSERT_TRUE(client_.commit_install({}));

  EXPECT_EQ(status().install, "staged");
  EXPECT_EQ(boot(), "b");
}

TEST_P(ApplierProgram, ServesButRefusesInstallsWhenTheEnvironmentIsUnreadable) {
  put("/boot/one", "x");
  put("/boot/two", "x");
  put("/boot/grubenv", "x");
  start_in("a");

  EXPECT_NE(status().problem, "");
  expect_refused(request_, "environment");
}

TEST_P(ApplierProgram, SaysWhatIsWrongWithItsConfiguration) {
  const auto check = [&](const std::string& word) {
    ProcessSpec spec;
    spec.argv = {DUNLIN_PROGRAMS "/dunlin-applier", "--config", folder_ + "/applier.toml", "--check-config"};
    Result<ProcessOutcome> outcome = runner_.run(spec);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->exit_code, word.empty() ? 0 : 2) << outcome->output;
    EXPECT_NE(outcome->output.find(word), std::string::npos) << outcome->output;
  };
  put("/cmdline", "quiet\n");
  check("dunlin.slot");
  put("/cmdline", "rauc.slot=A\n");
  check("");
  write_config("colour = \"red\"\n");
  check("colour");
  write_config("");
  std::filesystem::remove(folder_ + "/slot-b");
  check("slot b");
}

INSTANTIATE_TEST_SUITE_P(Uboot, ApplierProgram, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Grub, ApplierProgram, testing::Values(true));

}  // namespace dunlin
