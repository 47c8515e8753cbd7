#include "core/base/byte_source.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::size_t digest_read_size = 1u << 20;

Result<void> check_range(std::uint64_t offset, std::size_t length, std::uint64_t size) {
  if (offset <= size && length <= size - offset) return {};
  return fail(ErrorKind::bad_image, "bytes " + std::to_string(offset) + " to +" + std::to_string(length) +
                                        " are outside the " + std::to_string(size) + " bytes there are");
}

}  // namespace

Result<void> FileSource::read(std::uint64_t offset, ByteSpan out) const {
  Result<void> inside = check_range(offset, out.size(), size_);
  if (!inside) return inside;
  const std::lock_guard lock(mutex_);
  return read_exactly(file_, offset, out);
}

Result<void> MemorySource::read(std::uint64_t offset, ByteSpan out) const {
  Result<void> inside = check_range(offset, out.size(), bytes_.size());
  if (!inside) return inside;
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  return {};
}

Result<Digest> digest_of(const ByteSource& source) {
  return digest_of(source, {0, source.size()});
}

Result<Digest> digest_of(const ByteSource& source, const ByteRange& range) {
  Sha256 hash;
  Bytes buffer(std::min<std::uint64_t>(digest_read_size, range.length));
  for (std::uint64_t offset = range.offset; offset < range.end(); offset += buffer.size()) {
    const ByteSpan part =
        ByteSpan(buffer).first(std::min<std::uint64_t>(range.end() - offset, buffer.size()));
    Result<void> read = source.read(offset, part);
    if (!read) return fail(std::move(read.error()));
    hash.add(part);
  }
  return hash.finish();
}

}  // namespace dunlin
