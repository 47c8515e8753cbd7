#include "applier/written_slot.h"

namespace dunlin {

Result<void> WrittenSlot::write(const SlotWrite& write) {
  if (write.offset > image_size_ || write.bytes.size() > image_size_ - write.offset)
    return fail(ErrorKind::usage, "a write of " + std::to_string(write.bytes.size()) + " bytes at " +
                                      std::to_string(write.offset) + " goes beyond the image of " +
                                      std::to_string(image_size_) + " bytes");
  return file_->write_at(write.offset, write.bytes);
}

}  // namespace dunlin
