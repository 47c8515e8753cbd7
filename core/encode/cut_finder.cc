#include "core/encode/cut_finder.h"

namespace dunlin {

namespace {
constexpr std::size_t feed_size = 256u << 10;
}  // namespace

Result<std::uint64_t> CutFinder::packed_at(std::uint64_t plain) {
  const ExpandPosition clean = Contractor::clean_position(map_, plain);
  if (contractor_.position().plain < clean.plain) contractor_.seek(clean);
  buffer_.resize(feed_size);
  const auto forget = [](ByteView) -> Result<void> { return {}; };
  while (contractor_.position().plain < plain) {
    if (cancel_ != nullptr && *cancel_) return fail(ErrorKind::cancelled, "encoding was cancelled");
    const std::uint64_t at = contractor_.position().plain;
    const ByteSpan part = ByteSpan(buffer_).first(std::min<std::uint64_t>(feed_size, plain - at));
    Result<void> fed = plain_.read(at, part);
    if (fed) fed = contractor_.feed(part, forget);
    if (!fed) return fail(std::move(fed.error()), "closing opened content");
  }
  return contractor_.position().packed;
}

}  // namespace dunlin
