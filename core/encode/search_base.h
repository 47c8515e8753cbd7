#pragma once
#include "core/content/pack_table.h"
#include "core/encode/plain_image.h"
#include "core/expand/plain_translation.h"
#include "core/match/match_index.h"

namespace dunlin {

// The base as the publisher searches it: the image at [0, its size), behind it the plain side of all that
// could be opened (nothing when that is nothing).
class SearchBase final : public ByteSource {
 public:
  // Both outlive it.
  SearchBase(const ByteSource& image, const PlainImage& plain);

  std::uint64_t size() const override;
  Result<void> read(std::uint64_t offset, ByteSpan out) const override;
  Result<void> read_image(std::uint64_t offset, ByteSpan out) const { return image_.read(offset, out); }

  // Where to search, every byte once, opened where it can be, begins here.
  std::uint64_t search_begin() const;
  // Of that, what lies in long opened stretches, and all the rest; ascending.
  std::vector<ByteRange> long_ranges() const;
  std::vector<ByteRange> other_ranges() const;
  // Which long opened stretch a range touches first; numbers have no meaning but to be compared.
  std::optional<std::size_t> long_stretch(std::uint64_t offset, std::uint64_t length) const;
  // Addresses of image bytes as the search sees them, split where opened content begins and ends. Still
  // packed bytes keep their image address.
  std::vector<BaseRange> ranges_of(std::uint64_t image_offset, std::uint64_t length) const;
  std::uint64_t image_size() const { return image_.size(); }

 private:
  const ByteSource& image_;
  const PlainImage& plain_;
};

// The same base as a pack addresses it: behind the image lies the plain side of what the pack's segments
// need. Reads what is needed out of the searched base.
class PackBase final : public ByteSource {
 public:
  // All outlive it. `searched_map` is that of `searched`; `pack_map` has some of its runs.
  PackBase(const SearchBase& searched, const ExpandMap& searched_map, const ExpandMap& pack_map);

  std::uint64_t size() const override;
  // bad_image: bytes that the pack's map does not open.
  Result<void> read(std::uint64_t offset, ByteSpan out) const override;

  // From addresses of the searched base to those of this one. What is moved must have been needed.
  DifferenceOps moved(DifferenceOps ops) const;
  std::vector<BaseRange> moved(const std::vector<BaseRange>& ranges) const;

 private:
  std::uint64_t moved(std::uint64_t address) const;

  const SearchBase& searched_;
  bool is_opened_;
  std::uint64_t size_;
  PlainTranslation to_pack_;
  PlainTranslation to_search_;
};

}  // namespace dunlin
