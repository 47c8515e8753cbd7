#include "core/expand/layer_opener.h"

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr std::size_t buffer_size = 64u << 10;

}  // namespace

LayerOpener::LayerOpener(const ExpandLayer& layer, std::uint64_t packed)
    : index_(layer),
      run_(index_.at_packed(packed)),
      taken_(packed - index_.start(run_).packed),
      given_(taken_) {
  CHECK(taken_ == 0 || (run_ < index_.count() && index_.run(run_).is_raw()));
}

Result<void> LayerOpener::feed(ByteView packed, const ByteSink& out) {
  while (!packed.empty()) {
    if (run_ == index_.count()) return fail(ErrorKind::bad_image, "more bytes than the expand map has");
    const std::uint64_t left = index_.run(run_).packed_length - taken_;
    const ByteView part =
        packed.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, packed.size())));
    taken_ += part.size();
    Result<void> fed = index_.run(run_).is_raw() ? out(part) : feed_run(part, out);
    if (!fed) return fed;
    packed = packed.subspan(part.size());
    if (taken_ < index_.run(run_).packed_length) continue;
    ++run_;
    taken_ = given_ = 0;
  }
  return {};
}

Result<void> LayerOpener::feed_run(ByteView packed, const ByteSink& out) {
  const ExpandedRun& run = index_.run(run_);
  if (!decoder_) {
    Result<std::unique_ptr<StreamDecoder>> made = codecs_.decoder(index_.packing(run_), run);
    if (!made) return fail(std::move(made.error()));
    decoder_ = std::move(*made);
    buffer_.resize(buffer_size);
  }
  const bool complete = taken_ == run.packed_length;
  while (given_ < run.plain_length) {
    const ByteSpan room = ByteSpan(buffer_).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), run.plain_length - given_)));
    Result<StreamProgress> step = decoder_->decode(packed, room);
    if (!step) return fail(std::move(step.error()));
    packed = packed.subspan(step->consumed);
    Result<void> gave = give(room.first(step->produced), out);
    if (!gave) return gave;
    if (step->consumed == 0 && step->produced == 0) break;
  }
  if (!complete) return {};
  if (given_ < run.plain_length)
    return fail(ErrorKind::bad_image, "packed content holds less than it should");
  decoder_.reset();
  const std::uint8_t last = held_.value_or(0);
  held_.reset();
  return out(ByteView(&last, 1));
}

Result<void> LayerOpener::give(ByteView plain, const ByteSink& out) {
  given_ += plain.size();
  if (!plain.empty() && given_ == index_.run(run_).plain_length) {
    held_ = plain.back();
    plain = plain.first(plain.size() - 1);
  }
  return plain.empty() ? Result<void>{} : out(plain);
}

}  // namespace dunlin
