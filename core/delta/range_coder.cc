#include "core/delta/range_coder.h"

namespace dunlin {

void RangeEncoder::shift_low() {
  if (low_ < 0xff00'0000 || low_ > 0xffff'ffff) {
    const auto carry = static_cast<std::uint8_t>(low_ >> 32);
    for (; held_ > 0; --held_) {
      bytes_.push_back(static_cast<std::uint8_t>(cache_ + carry));
      cache_ = 0xff;
    }
    cache_ = static_cast<std::uint8_t>(low_ >> 24);
  }
  ++held_;
  low_ = (low_ & 0x00ff'ffff) << 8;
}

Bytes RangeEncoder::finish() {
  for (int i = 0; i < 5; ++i) shift_low();
  return std::move(bytes_);
}

RangeDecoder::RangeDecoder(ByteView bytes) : bytes_(bytes) {
  for (int i = 0; i < 4; ++i) code_ = code_ << 8 | next();
}

}  // namespace dunlin
