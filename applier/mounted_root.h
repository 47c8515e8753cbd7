#pragma once
#include <memory>
#include <string>

#include "core/base/disk.h"
#include "core/base/process.h"

namespace dunlin {

// The files of an image, while this object lives.
class RootFiles {
 public:
  virtual ~RootFiles() = default;
  // Opens a file for reading by its path inside the image; symbolic links are followed inside the image only.
  virtual Result<std::unique_ptr<File>> open(const std::string& path) = 0;
};

// Makes the files of an image readable.
class RootMounter {
 public:
  virtual ~RootMounter() = default;
  // Mounts the slot read-only. bad_image when it cannot be mounted.
  virtual Result<std::unique_ptr<RootFiles>> mount(const std::string& device) = 0;
};

// mount(8) on a private folder; image files go through a loop device. Unmounts at the end of RootFiles.
class SystemMounter final : public RootMounter {
 public:
  SystemMounter(Disk& disk, ProcessRunner& runner, std::string folder)
      : disk_(disk), runner_(runner), folder_(std::move(folder)) {}
  Result<std::unique_ptr<RootFiles>> mount(const std::string& device) override;
  // What a killed program left mounted; call once at start, or its slot would count as in use.
  Result<void> unmount_stale();

 private:
  Disk& disk_;
  ProcessRunner& runner_;
  std::string folder_;
};

}  // namespace dunlin
