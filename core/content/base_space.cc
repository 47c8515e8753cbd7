#include "core/content/base_space.h"

namespace dunlin {

Result<void> BaseSpace::Image::read(std::uint64_t offset, ByteSpan out) const {
  if (offset > size_ || out.size() > size_ - offset)
    return fail(ErrorKind::bad_image, "a read beyond the end of the base image");
  return device_.read(offset, out);
}

BaseSpace::BaseSpace(const ByteSource& image, std::uint64_t image_size, const ExpandMap& map)
    : image_(image, image_size) {
  if (!map.layers.empty()) opened_.emplace(image_, map);
}

std::uint64_t BaseSpace::size() const {
  return image_.size() + (opened_ ? opened_->size() : 0);
}

Result<void> BaseSpace::read(std::uint64_t offset, ByteSpan out) const {
  const std::uint64_t seam = image_.size();
  if (!opened_ || offset + out.size() <= seam) return image_.read(offset, out);
  if (offset >= seam) return opened_->read(offset - seam, out);
  Result<void> read = image_.read(offset, out.first(seam - offset));
  if (!read) return read;
  return opened_->read(0, out.subspan(seam - offset));
}

}  // namespace dunlin
