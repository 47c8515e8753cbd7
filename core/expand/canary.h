#pragma once
#include "core/base/digest.h"
#include "core/expand/expand_map.h"

namespace dunlin {

// Whether this program re-encodes as the one that proved a pack did. Small samples are packed at the usual
// parameters of a kind, and their digest is compared with the one that this version of dunlin was tested
// with.

// Tried once for each kind in the life of the process (0.5 to 15 ms); safe from any thread.
bool is_trusted(PackingKind kind);

// Every kind that has a canary: all that a map may name.
std::vector<PackingKind> packing_kinds();

// What is compared, for the test that keeps the expected digests. Fails when an encoder does.
Result<Digest> canary_digest(PackingKind kind);

// "zstd 1.5.4, lz4 1.9.4, ...": for logs.
std::string codec_versions();

}  // namespace dunlin
