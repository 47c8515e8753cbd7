#include "core/encode/search_base.h"

#include "core/base/check.h"

namespace dunlin {

SearchBase::SearchBase(const ByteSource& image, const PlainImage& plain) : image_(image), plain_(plain) {}

std::uint64_t SearchBase::search_begin() const {
  return plain_.outline().stretches().empty() ? 0 : image_.size();
}

std::uint64_t SearchBase::size() const {
  return search_begin() + plain_.size();
}

Result<void> SearchBase::read(std::uint64_t offset, ByteSpan out) const {
  if (offset >= search_begin()) return plain_.read(offset - search_begin(), out);
  if (out.size() > search_begin() - offset)
    return fail(ErrorKind::bad_image, "reading behind the base image");
  return image_.read(offset, out);
}

std::vector<ByteRange> SearchBase::long_ranges() const {
  std::vector<ByteRange> ranges;
  for (const MapOutline::Stretch& stretch : plain_.outline().stretches())
    if (stretch.is_long())
      ranges.push_back({search_begin() + stretch.begin.plain, stretch.end.plain - stretch.begin.plain});
  return ranges;
}

std::vector<ByteRange> SearchBase::other_ranges() const {
  std::vector<ByteRange> ranges;
  std::uint64_t at = search_begin();
  for (const ByteRange& range : long_ranges()) {
    if (range.offset > at) ranges.push_back({at, range.offset - at});
    at = range.end();
  }
  if (size() > at) ranges.push_back({at, size() - at});
  return ranges;
}

std::optional<std::size_t> SearchBase::long_stretch(std::uint64_t offset, std::uint64_t length) const {
  if (offset < search_begin()) return std::nullopt;
  return plain_.outline().long_stretch(offset - search_begin(), length);
}

std::vector<BaseRange> SearchBase::ranges_of(std::uint64_t image_offset, std::uint64_t length) const {
  std::vector<BaseRange> ranges;
  const std::uint64_t end = image_offset + length;
  const auto add = [&](std::uint64_t address, std::uint64_t until) {
    ranges.push_back({address, static_cast<std::uint32_t>(until - image_offset)});
    image_offset = until;
  };
  std::uint64_t to_plain = 0;  // image offset + to_plain is the plain offset of raw bytes; modulo 2^64
  for (const MapOutline::Stretch& stretch : plain_.outline().stretches()) {
    if (stretch.end.packed > image_offset) {
      if (stretch.begin.packed >= end) break;
      if (stretch.begin.packed > image_offset)
        add(search_begin() + image_offset + to_plain, stretch.begin.packed);
      add(image_offset, std::min(end, stretch.end.packed));
    }
    to_plain = stretch.end.plain - stretch.end.packed;
    if (image_offset == end) return ranges;
  }
  if (image_offset < end) add(search_begin() + image_offset + to_plain, end);
  return ranges;
}

PackBase::PackBase(const SearchBase& searched, const ExpandMap& searched_map, const ExpandMap& pack_map)
    : searched_(searched),
      is_opened_(!pack_map.layers.empty()),
      size_(searched.image_size() + (is_opened_ ? pack_map.layers.back().plain_size() : 0)),
      to_pack_(searched_map, pack_map),
      to_search_(pack_map, searched_map) {}

std::uint64_t PackBase::size() const {
  return size_;
}

Result<void> PackBase::read(std::uint64_t offset, ByteSpan out) const {
  const std::uint64_t image_size = searched_.image_size();
  while (!out.empty()) {
    if (offset < image_size) {
      const ByteSpan part = out.first(std::min<std::uint64_t>(out.size(), image_size - offset));
      Result<void> read = searched_.read_image(offset, part);
      if (!read) return read;
      offset += part.size();
      out = out.subspan(part.size());
      continue;
    }
    if (offset >= size_) return fail(ErrorKind::bad_image, "reading behind the opened base");
    const std::optional<PlainTranslation::Place> place = to_search_.at(offset - image_size);
    if (!place) return fail(ErrorKind::bad_image, "reading a part of the base that the pack does not open");
    const ByteSpan part = out.first(std::min<std::uint64_t>(out.size(), place->length));
    Result<void> read = searched_.read(searched_.search_begin() + place->offset, part);
    if (!read) return read;
    offset += part.size();
    out = out.subspan(part.size());
  }
  return {};
}

std::uint64_t PackBase::moved(std::uint64_t address) const {
  if (address < searched_.search_begin()) return address;
  const std::optional<PlainTranslation::Place> place = to_pack_.at(address - searched_.search_begin());
  CHECK(place.has_value());
  return (is_opened_ ? searched_.image_size() : 0) + place->offset;
}

DifferenceOps PackBase::moved(DifferenceOps ops) const {
  for (DifferenceOp& op : ops)
    if (op.copy_length > 0) op.base_offset = moved(op.base_offset);
  return ops;
}

std::vector<BaseRange> PackBase::moved(const std::vector<BaseRange>& ranges) const {
  std::vector<BaseRange> result;
  result.reserve(ranges.size());
  for (const BaseRange& range : ranges) result.push_back({moved(range.offset), range.length});
  return result;
}

}  // namespace dunlin
