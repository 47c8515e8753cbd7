#include "core/encode/plain_image.h"

#include <algorithm>

#include "core/expand/expanded_source.h"

namespace dunlin {

namespace {

constexpr std::size_t open_part_size = 1u << 20;

// What was opened, in memory; the bytes belong to the PlainImage.
class KeptBytes final : public ByteSource {
 public:
  explicit KeptBytes(const Bytes& bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset)
      return fail(ErrorKind::bad_image, "reading behind what was opened");
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }

 private:
  const Bytes& bytes_;
};

}  // namespace

PlainImage::PlainImage(const ByteSource& image, const ExpandMap& map, const ScratchPlace& scratch)
    : image_(image), outline_(map), scratch_(scratch) {
  plain_size_ = map.layers.empty() ? image.size() : map.layers.back().plain_size();
}

PlainImage::~PlainImage() {
  kept_.reset();
  if (file_ == nullptr) return;
  file_.reset();
  Result<void> removed = scratch_.disk->remove(scratch_.path);  // else the next publish clears the folder
}

Result<std::unique_ptr<PlainImage>> PlainImage::make(const ByteSource& image, const ExpandMap& map,
                                                     const ScratchPlace& scratch,
                                                     const std::atomic<bool>* cancel) {
  std::unique_ptr<PlainImage> plain(new PlainImage(image, map, scratch));
  Result<void> opened = plain->open_all(map, cancel);
  if (!opened) return fail(std::move(opened.error()));
  return plain;
}

Result<void> PlainImage::open_all(const ExpandMap& map, const std::atomic<bool>* cancel) {
  std::uint64_t kept = 0;
  if (scratch_.disk != nullptr && !outline_.stretches().empty()) {
    Result<std::unique_ptr<File>> file = scratch_.disk->open(scratch_.path, OpenMode::replace);
    if (!file) return fail(std::move(file.error()), "keeping opened content");
    file_ = std::move(*file);
  }
  const ExpandedSource expanded(image_, map);
  Bytes buffer(open_part_size);
  for (const MapOutline::Stretch& stretch : outline_.stretches()) {
    kept_at_.push_back(kept);
    for (std::uint64_t at = stretch.begin.plain; at < stretch.end.plain;) {
      if (cancel != nullptr && *cancel) return fail(ErrorKind::cancelled, "encoding was cancelled");
      const ByteSpan part =
          ByteSpan(buffer).first(std::min<std::uint64_t>(open_part_size, stretch.end.plain - at));
      Result<void> done = expanded.read(at, part);
      if (done) done = keep(kept, part);
      if (!done) return fail(std::move(done.error()), "opening compressed content");
      at += part.size();
      kept += part.size();
    }
  }
  if (file_ != nullptr)
    kept_ = std::make_unique<FileSource>(*file_, kept);
  else
    kept_ = std::make_unique<KeptBytes>(memory_);
  return {};
}

Result<void> PlainImage::keep(std::uint64_t offset, ByteView bytes) {
  if (file_ != nullptr) return file_->write_at(offset, bytes);
  memory_.insert(memory_.end(), bytes.begin(), bytes.end());
  return {};
}

std::uint64_t PlainImage::size() const {
  return plain_size_;
}

Result<void> PlainImage::read(std::uint64_t offset, ByteSpan out) const {
  if (offset > plain_size_ || out.size() > plain_size_ - offset)
    return fail(ErrorKind::bad_image, "reading behind the end of an opened image");
  while (!out.empty()) {
    Result<std::size_t> length = read_some(offset, out);
    if (!length) return fail(std::move(length.error()));
    offset += *length;
    out = out.subspan(*length);
  }
  return {};
}

Result<std::size_t> PlainImage::read_some(std::uint64_t offset, ByteSpan out) const {
  const std::vector<MapOutline::Stretch>& stretches = outline_.stretches();
  const std::size_t next = outline_.next_stretch(offset);
  const bool is_last = next == stretches.size();
  if (!is_last && stretches[next].begin.plain <= offset) {
    const ByteSpan part = out.first(std::min<std::uint64_t>(out.size(), stretches[next].end.plain - offset));
    Result<void> read = kept_->read(kept_at_[next] + (offset - stretches[next].begin.plain), part);
    if (!read) return fail(std::move(read.error()));
    return part.size();
  }
  const std::uint64_t end = is_last ? plain_size_ : stretches[next].begin.plain;
  const ByteSpan part = out.first(std::min<std::uint64_t>(out.size(), end - offset));
  Result<void> read = image_.read(outline_.clean_before(offset).packed, part);
  if (!read) return fail(std::move(read.error()));
  return part.size();
}

}  // namespace dunlin
