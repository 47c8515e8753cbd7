#include "core/content/chunker.h"

#include <bit>
#include <cstring>

#include "core/base/check.h"
#include "core/content/gear.h"

namespace dunlin {

namespace {

constexpr std::size_t read_size = 1u << 20;
// FastCDC's normalisation level 2: cuts are four times rarer before the mean and four times likelier after.
constexpr int normalisation = 2;

// The top bits depend on the most bytes.
std::uint64_t top_bits(int count) {
  return ~std::uint64_t{0} << (64 - count);
}

}  // namespace

Result<void> check(const ChunkerOptions& options) {
  if (options.size_min < 64) return fail(ErrorKind::usage, "the smallest chunk has at least 64 bytes");
  if (options.size_max > 4u << 20) return fail(ErrorKind::usage, "the largest chunk has at most 4 MiB");
  if (!std::has_single_bit(options.size_mean))
    return fail(ErrorKind::usage, "the mean chunk size is a power of two");
  if (options.size_min >= options.size_mean || options.size_mean >= options.size_max)
    return fail(ErrorKind::usage, "chunk sizes grow from smallest to mean to largest");
  return {};
}

Chunker::Chunker(const ByteSource& source, const ChunkerOptions& options)
    : source_(source),
      options_(options),
      mask_before_mean_(top_bits(std::countr_zero(options.size_mean) + normalisation)),
      mask_after_mean_(top_bits(std::countr_zero(options.size_mean) - normalisation)),
      buffer_(std::min<std::uint64_t>(source.size(), read_size + options.size_max)) {
  CHECK(check(options).has_value());
}

Result<void> Chunker::fill() {
  if (end_ - begin_ >= options_.size_max) return {};
  if (end_ > begin_) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const std::uint64_t left = source_.size() - offset_ - end_;
  const ByteSpan part = ByteSpan(buffer_).subspan(end_, std::min<std::uint64_t>(left, buffer_.size() - end_));
  if (part.empty()) return {};
  Result<void> read = source_.read(offset_ + end_, part);
  if (!read) return read;
  end_ += part.size();
  return {};
}

std::size_t Chunker::cut(ByteView window) const {
  if (window.size() <= options_.size_min) return window.size();
  const std::size_t mean = std::min<std::size_t>(options_.size_mean, window.size());
  const std::size_t max = std::min<std::size_t>(options_.size_max, window.size());
  std::uint64_t hash = 0;
  std::size_t position = options_.size_min;
  for (; position < mean; ++position) {
    hash = gear_roll(hash, window[position]);
    if ((hash & mask_before_mean_) == 0) return position + 1;
  }
  for (; position < max; ++position) {
    hash = gear_roll(hash, window[position]);
    if ((hash & mask_after_mean_) == 0) return position + 1;
  }
  return max;
}

Result<std::optional<Chunk>> Chunker::next() {
  Result<void> filled = fill();
  if (!filled) return fail(std::move(filled.error()));
  if (begin_ == end_) return std::optional<Chunk>();
  const std::size_t limit = std::min<std::size_t>(end_ - begin_, options_.size_max);
  const ByteView window = ByteView(buffer_).subspan(begin_, limit);
  // Zeros up to the largest size are one chunk by definition: images are mostly empty, and this is quick.
  zero_ = all_zero(window);
  current_ = zero_ ? window : window.first(cut(window));
  if (!zero_) zero_ = all_zero(current_);
  Chunk chunk{offset_, static_cast<std::uint32_t>(current_.size()),
              zero_ ? zero_digests_.of(current_) : sha256(current_)};
  begin_ += current_.size();
  offset_ += current_.size();
  return std::optional<Chunk>(chunk);
}

}  // namespace dunlin
