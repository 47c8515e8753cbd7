#pragma once
#include <map>
#include <optional>
#include <set>

#include "applier/trial_table.h"
#include "core/base/digest.h"
#include "core/base/disk.h"

namespace dunlin {

// What an image is, wherever it is written down.
struct ImageRecord {
  Digest image_id;
  std::string version;
  std::uint64_t size = 0;
  auto operator<=>(const ImageRecord&) const = default;
};

// What a slot holds, as far as the applier wrote or recorded it.
struct SlotRecord {
  ImageRecord image;
  bool complete = false;  // read back and found equal; false while it is being written
  auto operator<=>(const SlotRecord&) const = default;
};

// The install under way: the slot is handed over, or staged.
struct InstallRecord {
  std::string slot;
  ImageRecord image;
  std::string version_floor;  // the release's; counts once it is confirmed
  auto operator<=>(const InstallRecord&) const = default;
};

struct TrialRecord {
  TrialPhase phase = TrialPhase::idle;
  InstallRecord install;
  int rearms_left = 0;                 // times that tries lost to power cuts are still given again
  std::string reason;                  // why it failed; empty before
  std::set<std::string> panics{};      // records that the kernel left before the trial
  std::set<std::string> complaints{};  // what built-in checks found wrong before the trial
  std::string record{};                // path of what the last run of the self-tests printed; empty: none ran
  auto operator<=>(const TrialRecord&) const = default;
};

// Everything the applier remembers between starts. A cache: the boot flags decide what boots, and losing this
// file costs an install under way, never a device.
struct ApplierState {
  std::map<std::string, SlotRecord> slots;
  std::optional<InstallRecord> install;
  TrialRecord trial;
  std::string version_floor;          // highest floor of a confirmed release
  std::vector<Digest> failed_images;  // newest last; refused unless forced
  bool operator==(const ApplierState&) const = default;

  // Of the image that was written or recorded there, whole or not; empty when nobody knows.
  std::string version_in(const std::string& slot) const;
  bool has_failed(const Digest& image_id) const;
  // Remembers the last 16.
  void remember_failed(const Digest& image_id);
};

std::string to_json(const ApplierState& state);
// Total parser; device with the field's name.
Result<ApplierState> parse_applier_state(std::string_view text);

// The state and its file. A change is on the medium, whole, before change() returns; a failed change leaves
// the old state in memory and in the file.
class StateFile {
 public:
  // A missing file is an empty state; a damaged one too, with a warning.
  static Result<StateFile> open(Disk& disk, std::string path);

  const ApplierState& now() const { return state_; }
  Result<void> change(ApplierState next);

 private:
  StateFile(Disk& disk, std::string path, ApplierState state)
      : disk_(&disk), path_(std::move(path)), state_(std::move(state)) {}

  Disk* disk_;
  std::string path_;
  ApplierState state_;
};

}  // namespace dunlin
