#include "core/expand/frame_magic.h"

#include <array>

namespace dunlin {

namespace {

struct Magic {
  FrameFormat format;
  std::array<std::uint8_t, frame_magic_max> bytes;
  std::size_t length;
};

constexpr std::array<Magic, 4> magics = {{{FrameFormat::zstd, {0x28, 0xB5, 0x2F, 0xFD}, 4},
                                          {FrameFormat::lz4_legacy, {0x02, 0x21, 0x4C, 0x18}, 4},
                                          {FrameFormat::gzip, {0x1F, 0x8B, 0x08}, 3},
                                          {FrameFormat::xz, {0xFD, '7', 'z', 'X', 'Z', 0}, 6}}};

constexpr auto is_first_byte = [] {
  std::array<bool, 256> first{};
  for (const Magic& magic : magics) first[magic.bytes[0]] = true;
  return first;
}();

}  // namespace

std::optional<FrameFormat> format_at(ByteView bytes) {
  for (const Magic& magic : magics)
    if (bytes.size() >= magic.length &&
        std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(magic.length),
                   magic.bytes.begin()))
      return magic.format;
  return std::nullopt;
}

std::size_t next_magic(ByteView bytes, std::size_t from) {
  for (std::size_t at = from; at < bytes.size(); ++at)
    if (is_first_byte[bytes[at]] && format_at(bytes.subspan(at))) return at;
  return bytes.size();
}

}  // namespace dunlin
