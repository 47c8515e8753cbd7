#pragma once
#include <memory>

#include "core/base/byte_source.h"
#include "core/expand/expand_map.h"

namespace dunlin {

// The plain side of an image, readable anywhere. Small packed runs are decoded whole (the last few are kept);
// a long frame is decoded forward from where the reader stands, and from its start again when it must go
// back: readers sort their reads. Memory: at most one window or block per layer. Safe from several threads
// (one at a time inside).
class ExpandedSource final : public ByteSource {
 public:
  // `packed` and `map` outlive it; the map fits the source (bad_image on the first read otherwise).
  ExpandedSource(const ByteSource& packed, const ExpandMap& map);
  ~ExpandedSource() override;
  std::uint64_t size() const override;
  // bad_image: packed bytes that do not decode to what the map says.
  Result<void> read(std::uint64_t offset, ByteSpan out) const override;

 private:
  struct Layers;
  std::unique_ptr<Layers> layers_;
};

}  // namespace dunlin
