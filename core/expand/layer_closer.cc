#include "core/expand/layer_closer.h"

#include "core/base/check.h"

namespace dunlin {

Result<void> LayerCloser::feed(ByteView plain, const ByteSink& out) {
  while (!plain.empty()) {
    if (run_ == index_.count()) return fail(ErrorKind::bad_image, "more bytes than the expand map has");
    const std::uint64_t left = index_.run(run_).plain_length - taken_;
    const ByteView part = plain.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, plain.size())));
    Result<void> fed = index_.run(run_).is_raw() ? hand_on(part, out) : feed_run(part, out);
    if (!fed) return fed;
    taken_ += part.size();
    plain = plain.subspan(part.size());
    if (taken_ < index_.run(run_).plain_length) continue;
    Result<void> finished = finish_run(out);
    if (!finished) return finished;
  }
  return {};
}

Result<void> LayerCloser::feed_run(ByteView plain, const ByteSink& out) {
  if (!encoder_) {
    Result<std::unique_ptr<StreamEncoder>> made = codecs_.encoder(index_.packing(run_), index_.run(run_));
    if (!made) return fail(std::move(made.error()));
    encoder_ = std::move(*made);
  }
  return encoder_->feed(plain, [&](ByteView packed) { return hand_on(packed, out); });
}

Result<void> LayerCloser::finish_run(const ByteSink& out) {
  if (encoder_) {
    Result<void> finished = encoder_->finish([&](ByteView packed) { return hand_on(packed, out); });
    encoder_.reset();
    if (!finished) return finished;
  }
  if (given_ != index_.run(run_).packed_length)
    return fail(ErrorKind::bad_image, "opened content closes to fewer bytes than it had");
  ++run_;
  taken_ = given_ = 0;
  return {};
}

Result<void> LayerCloser::hand_on(ByteView packed, const ByteSink& out) {
  if (packed.size() > index_.run(run_).packed_length - given_)
    return fail(ErrorKind::bad_image, "opened content closes to more bytes than it had");
  given_ += packed.size();
  return out(packed);
}

void LayerCloser::seek(std::uint64_t plain) {
  run_ = index_.at_plain(plain);
  taken_ = given_ = plain - index_.start(run_).plain;
  encoder_.reset();
  CHECK(taken_ == 0 || (run_ < index_.count() && index_.run(run_).is_raw()));
}

}  // namespace dunlin
