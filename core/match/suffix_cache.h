#pragma once
#include "core/base/disk.h"
#include "core/match/suffix_index.h"

namespace dunlin {

// The index of `text`, with the sorted suffixes taken from `folder` when an earlier call left them there,
// else sorted and left there. Files are named by the digest of the text and carry a checksum: a damaged or
// foreign one is replaced. A folder that cannot be written to costs time, not success. device: no memory.
Result<SuffixIndex> cached_suffix_index(ByteView text, Disk& disk, const std::string& folder,
                                        const std::string& prefix = {});

}  // namespace dunlin
