#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "applier/client/finding.h"
#include "core/base/digest.h"
#include "core/base/disk.h"

namespace dunlin {

struct SlotReport {
  std::string name;  // "a", "b"
  bool booted = false;
  std::string state;    // "confirmed", "trial", "unbootable", "unknown"
  std::string version;  // of the release it holds, when known
  std::optional<Digest> image_id;
  std::uint64_t image_size = 0;
  std::uint64_t capacity = 0;  // bytes
};

// How the last trial ended; kept until the next install.
struct TrialReport {
  std::string version;
  std::string verdict;   // "running", "confirmed", "failed"
  std::string reason;    // "self-test 20-app failed with code 1: ..." ; empty while running
  std::string record{};  // file on the device with all that the self-tests printed; empty: none ran
};

struct ApplierStatus {
  std::string product;
  std::string hardware;
  std::string version_floor;
  std::vector<SlotReport> slots;
  std::optional<TrialReport> trial;
  std::string install;       // "none", "writing", "staged" (armed, waits for the reboot)
  std::string boot_control;  // "grub", "uboot"
  std::string problem;       // why installs are refused at present; empty when nothing is wrong
};

// What node sends to begin an install: raw signed bytes, which the applier verifies for itself.
struct InstallRequest {
  std::vector<std::string> roots;
  std::string timestamp, snapshot, targets;
  std::string manifest;  // the release manifest's bytes
  std::string image;     // image name within it: "rootfs"
  bool force = false;    // install it although its trial failed on this device before
};

// A slot handed over for writing. `file` reaches that slot only, and ends with the commit.
struct SpareSlot {
  std::string name;
  std::unique_ptr<File> file;
  std::uint64_t image_size = 0;
};

// The applier's local socket, seen from node. Calls block (commit: as long as reading the slot back takes),
// so they belong on the pool; one thread at a time. Errors carry the kind and the words the applier answered
// with.
class ApplierClient {
 public:
  explicit ApplierClient(std::string socket_path) : socket_path_(std::move(socket_path)) {}

  Result<ApplierStatus> status();
  // What the applier finds when it looks at its device; changes nothing.
  Result<std::vector<Finding>> examine();
  // The booted slot, read only: the base of delta packs.
  Result<std::unique_ptr<File>> open_booted_slot();
  // A confirmed slot, booted or not, read only: neighbours are served from it. usage when it is not confirmed
  // (now), or there is no such slot.
  Result<std::unique_ptr<File>> open_slot(const std::string& name);
  // What the self-tests of the newest trial printed (back = 0), or of the run before it (1), read only. usage
  // when there is none.
  Result<std::unique_ptr<File>> open_self_tests(std::uint64_t back);
  // Verifies everything about the release, marks the spare slot unbootable and hands it over, to be written
  // by the applier on the caller's behalf (remote_slot.h). Calling it again for the same image continues that
  // install: what was written stays, and the file handed over before is of no use any more.
  Result<SpareSlot> begin_install(const InstallRequest& request);
  // Reads the slot back past the page cache, compares it with the signed SHA-256, copies boot files, arms the
  // trial.
  Result<void> commit_install(
      const std::function<void(std::uint64_t done, std::uint64_t total)>& on_progress);
  Result<void> abort_install();
  Result<void> reboot();
  // By hand: ends a running trial well, or goes back to the other confirmed slot (takes effect at the next
  // boot).
  Result<void> confirm();
  Result<void> rollback();

 private:
  std::string socket_path_;
};

}  // namespace dunlin
