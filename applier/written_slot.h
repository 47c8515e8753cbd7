#pragma once
#include "applier/client/slot_write.h"
#include "core/base/disk.h"

namespace dunlin {

// The spare slot while an install is written, on behalf of another program that never has a descriptor it
// could write through: not through a mapping, nor by a write that began before the slot was read back. Once
// this is gone, nobody writes.
class WrittenSlot {
 public:
  WrittenSlot(std::unique_ptr<File> file, std::uint64_t image_size)
      : file_(std::move(file)), image_size_(image_size) {}

  // usage: a part of it lies beyond the image.
  Result<void> write(const SlotWrite& write);
  Result<void> sync() { return file_->sync(); }

 private:
  std::unique_ptr<File> file_;
  std::uint64_t image_size_;  // bytes
};

}  // namespace dunlin
