#pragma once
#include <memory>

#include "core/codec/stream_codec.h"
#include "core/expand/erofs_inode.h"
#include "core/expand/found_run.h"

namespace dunlin {

// mkfs.erofs keeps the last bytes of an unpacked file behind its inode, and a large file's inode behind its
// blocks: so an inode stands in the middle of what may be a compressed frame. Opening a run of
// PackingKind::erofs_tail exchanges the two, and the file is in one piece on the plain side.

// The codec of such runs. `length_before`: of what stands before the last bytes.
std::unique_ptr<BlockCodec> make_erofs_tail_codec(std::uint32_t length_before);

// The run that makes a file whole, when it is long enough to hold a frame worth opening, has last bytes
// behind its inode, and that stands within a block behind its blocks.
std::optional<FoundRun> erofs_tail_of(const ErofsInode& file, std::uint64_t image_size);

inline constexpr std::uint64_t erofs_tail_file_min = 256u << 10;

}  // namespace dunlin
