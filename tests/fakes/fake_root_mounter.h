#pragma once
#include "applier/mounted_root.h"

namespace dunlin {

// An image's files as a folder of another disk.
class FakeRootMounter final : public RootMounter {
 public:
  FakeRootMounter(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}

  Result<std::unique_ptr<RootFiles>> mount(const std::string& device) override {
    mounted.push_back(device);
    if (broken)
      return fail(ErrorKind::bad_image, "mounting the new image for its boot files: bad superblock");
    return std::make_unique<Files>(disk_, folder_);
  }

  bool broken = false;
  std::vector<std::string> mounted;

 private:
  class Files final : public RootFiles {
   public:
    Files(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}
    Result<std::unique_ptr<File>> open(const std::string& path) override {
      Result<std::unique_ptr<File>> file = disk_.open(folder_ + path, OpenMode::read);
      if (!file) return fail(ErrorKind::bad_image, "the image has no file " + path);
      return file;
    }

   private:
    Disk& disk_;
    std::string folder_;
  };
  Disk& disk_;
  std::string folder_;
};

}  // namespace dunlin
