#pragma once
#include "applier/boot/grub_environment.h"
#include "core/base/disk.h"

namespace dunlin {

// GRUB's variables, and its load_env and save_env on one environment block.
class GrubMemory {
 public:
  // What the script sets before it loads the block.
  explicit GrubMemory(BootVariables defaults) : variables_(std::move(defaults)) {}

  // The variable; empty when it is not set.
  std::string& operator[](const std::string& name) { return variables_[name]; }
  // False, and nothing changes, when there is no block that GRUB would read.
  bool load(Disk& disk, const std::string& path);
  // Writes the named variables into the block: values are replaced in place, new ones come behind. False when
  // the power went meanwhile or there is no block.
  bool save(Disk& disk, const std::string& path, const std::vector<std::string>& names);

 private:
  BootVariables variables_;
};

}  // namespace dunlin
