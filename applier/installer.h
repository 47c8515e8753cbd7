#pragma once
#include "applier/boot_files.h"
#include "applier/client/applier_client.h"
#include "applier/read_back.h"
#include "applier/slot.h"
#include "applier/trial.h"

namespace dunlin {

// One image of a release that the release gate let through.
struct AdmittedImage {
  ImageRecord image;
  std::string version_floor;
};

// Brings an admitted image into the spare slot and on trial. The booted slot is never opened for writing.
class Installer {
 public:
  Installer(Disk& disk, const Slots& slots, BootControl& boot, StateFile& state, Trial& trial,
            RootMounter& mounter, BootFilesSettings boot_files)
      : disk_(disk),
        slots_(slots),
        boot_(boot),
        state_(state),
        trial_(trial),
        mounter_(mounter),
        boot_files_(std::move(boot_files)) {}

  // Marks the spare slot unbootable, remembers what is being written and hands the slot over. Again for the
  // same image: goes on with it. For another image: takes the old install back first. Refuses (usage) an
  // image whose trial failed here, unless forced; retry_later while a trial is running.
  Result<SpareSlot> begin(const AdmittedImage& admitted, bool force);

  // Seals the slot, reads it back, compares, copies boot files, arms the trial. Again after success: nothing
  // to do. On any failure the slot stays unbootable and the install can go on.
  Result<void> commit(const ReadBackProgress& on_progress);

  // Takes the install back, armed or not; the spare slot stays unbootable.
  Result<void> abort();

  // "none", "writing", "staged"
  std::string phase() const;

 private:
  Result<void> make_unbootable(const std::string& slot);
  Result<void> remember_writing(const InstallRecord& install);
  Result<void> verify(const InstallRecord& install, const ReadBackProgress& on_progress);
  Result<void> copy_files(const std::string& slot);

  Disk& disk_;
  const Slots& slots_;
  BootControl& boot_;
  StateFile& state_;
  Trial& trial_;
  RootMounter& mounter_;
  BootFilesSettings boot_files_;
};

}  // namespace dunlin
