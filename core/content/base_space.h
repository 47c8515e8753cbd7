#pragma once
#include <optional>

#include "core/expand/expanded_source.h"

namespace dunlin {

// The addresses that segments of a delta pack use: the base image, and behind its end the base image as its
// map opens it. As safe from several threads as its sources are.
class BaseSpace final : public ByteSource {
 public:
  // The first `image_size` bytes of `image` are the base. Image and map outlive it; without layers there is
  // nothing behind the image.
  BaseSpace(const ByteSource& image, std::uint64_t image_size, const ExpandMap& map);

  std::uint64_t size() const override;
  Result<void> read(std::uint64_t offset, ByteSpan out) const override;

 private:
  // What the map opens: the device may hold more than the image.
  class Image final : public ByteSource {
   public:
    Image(const ByteSource& device, std::uint64_t size) : device_(device), size_(size) {}
    std::uint64_t size() const override { return size_; }
    Result<void> read(std::uint64_t offset, ByteSpan out) const override;

   private:
    const ByteSource& device_;
    std::uint64_t size_;
  };

  Image image_;
  std::optional<ExpandedSource> opened_;
};

}  // namespace dunlin
