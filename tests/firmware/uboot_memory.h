#pragma once
#include "applier/boot/uboot_environment.h"
#include "core/base/disk.h"

namespace dunlin {

// A redundant environment as U-Boot has it in memory: env_load() and saveenv.
class UbootMemory {
 public:
  UbootMemory(Disk& disk, std::string first, std::string second, std::uint32_t size);

  // The variable; empty when it is not set.
  std::string& operator[](const std::string& name) { return variables_[name]; }
  // False when the power went meanwhile.
  bool save();

 private:
  Disk& disk_;
  std::uint32_t size_;
  BootVariables variables_;
  std::uint8_t flags_ = 0;
  std::string save_to_;
};

}  // namespace dunlin
