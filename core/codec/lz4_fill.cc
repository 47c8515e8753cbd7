#include "core/codec/lz4_fill.h"

#include <lz4.h>
#define LZ4_HC_STATIC_LINKING_ONLY
#include <lz4hc.h>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr std::size_t fill_size_max = std::size_t{1} << 30;

const char* chars(ByteView bytes) {
  return reinterpret_cast<const char*>(bytes.data());
}

char* chars(ByteSpan bytes) {
  return reinterpret_cast<char*>(bytes.data());
}

}  // namespace

struct Lz4Filler::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { LZ4_freeStreamHC(stream); }

  LZ4_streamHC_t* stream = LZ4_createStreamHC();
};

Lz4Filler::Lz4Filler(int level) : level_(level) {
  CHECK(level >= 0 && level <= lz4_fill_level_max);
}

Lz4Filler::~Lz4Filler() = default;
Lz4Filler::Lz4Filler(Lz4Filler&&) noexcept = default;
Lz4Filler& Lz4Filler::operator=(Lz4Filler&&) noexcept = default;

Result<Lz4Filler::Filled> Lz4Filler::fill(ByteView plain, ByteSpan packed) {
  CHECK(plain.size() < fill_size_max && packed.size() < fill_size_max);
  int taken = static_cast<int>(plain.size());
  const int room = static_cast<int>(packed.size());
  int given = 0;
  if (level_ == 0) {
    given = LZ4_compress_destSize(chars(plain), chars(packed), &taken, room);
  } else {
    if (!state_) state_ = std::make_unique<State>();
    if (state_->stream == nullptr) return fail(ErrorKind::device, "packing lz4: not enough memory");
    given = LZ4_compress_HC_destSize(state_->stream, chars(plain), chars(packed), &taken, room, level_);
  }
  if (given <= 0) return Filled{};
  return Filled{static_cast<std::size_t>(taken), static_cast<std::size_t>(given)};
}

}  // namespace dunlin
