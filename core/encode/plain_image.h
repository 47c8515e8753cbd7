#pragma once
#include <atomic>

#include "core/base/disk.h"
#include "core/content/map_outline.h"

namespace dunlin {

// Where a PlainImage keeps what it opened.
struct ScratchPlace {
  Disk* disk = nullptr;  // null: in memory
  std::string path;      // made, and removed at the end
};

// The plain side of an image, for readers that jump about on several threads: opened content is decoded once,
// in reading order, and kept.
class PlainImage final : public ByteSource {
 public:
  // `image` and `map` outlive it. `cancel` may be null. Fails as ExpandedSource::read does; device: the
  // scratch file cannot be written; cancelled.
  static Result<std::unique_ptr<PlainImage>> make(const ByteSource& image, const ExpandMap& map,
                                                  const ScratchPlace& scratch,
                                                  const std::atomic<bool>* cancel);
  ~PlainImage() override;

  std::uint64_t size() const override;
  Result<void> read(std::uint64_t offset, ByteSpan out) const override;

  const MapOutline& outline() const { return outline_; }

 private:
  PlainImage(const ByteSource& image, const ExpandMap& map, const ScratchPlace& scratch);
  Result<void> open_all(const ExpandMap& map, const std::atomic<bool>* cancel);
  Result<void> keep(std::uint64_t offset, ByteView bytes);
  // Reads from the stretch or the raw bytes that `offset` lies in, as far as they go; returns how far.
  Result<std::size_t> read_some(std::uint64_t offset, ByteSpan out) const;

  const ByteSource& image_;
  MapOutline outline_;
  std::uint64_t plain_size_ = 0;
  std::vector<std::uint64_t> kept_at_;  // of each stretch of the outline
  ScratchPlace scratch_;
  std::unique_ptr<File> file_;
  std::unique_ptr<ByteSource> kept_;
  Bytes memory_;
};

}  // namespace dunlin
