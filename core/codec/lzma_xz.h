#pragma once
#include <memory>

#include "core/codec/stream_codec.h"

namespace dunlin {

// .xz streams, as liblzma 5.4 writes them.

// A whole small stream a block, with CRC-32 (squashfs).
struct XzBlockShape {
  std::uint32_t preset = 6;
  std::uint32_t dictionary_size = 0;
  std::uint32_t filter =
      0;  // in front of LZMA2: 0 none, 1 x86, 2 PowerPC, 3 IA-64, 4 ARM, 5 ARM Thumb, 6 SPARC
};
// Nothing: a shape that liblzma does not know, or a dictionary of more than xz_dictionary_max.
std::unique_ptr<BlockCodec> make_xz_block_codec(const XzBlockShape& shape);

// A long stream of one block, as the xz program writes it with one thread.
struct XzStreamShape {
  std::uint32_t preset = 2;  // 0 to 9, and 16 more for "extreme"
  std::uint32_t check = 4;   // its number in the format: 0 none, 1 CRC-32, 4 CRC-64, 10 SHA-256
};
// Memory: about ten times the preset's dictionary. Nothing: as above; presets from 3 on have larger
// dictionaries.
std::unique_ptr<StreamEncoder> make_xz_stream_encoder(const XzStreamShape& shape);
// Memory: the dictionary, at most xz_dictionary_max, and 64 KiB.
std::unique_ptr<StreamDecoder> make_xz_stream_decoder();

inline constexpr std::uint32_t xz_dictionary_max = 2u << 20;

std::string lzma_version();  // of the library in use: "5.4.1"

}  // namespace dunlin
