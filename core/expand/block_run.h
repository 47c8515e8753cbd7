#pragma once
#include <memory>

#include "core/codec/stream_codec.h"

namespace dunlin {

// A block codec seen as a stream: holds the block until it is complete.

std::unique_ptr<StreamEncoder> make_block_run_encoder(std::shared_ptr<BlockCodec> codec,
                                                      std::size_t plain_length);
std::unique_ptr<StreamDecoder> make_block_run_decoder(std::shared_ptr<BlockCodec> codec,
                                                      std::size_t packed_length, std::size_t plain_length);

}  // namespace dunlin
