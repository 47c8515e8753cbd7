#pragma once

namespace dunlin {

// Keeps what a decoder of 4 MiB segments frees from staying in the process: glibc gives every thread an arena
// and keeps large blocks for later. Call it once, before threads are started.
void bound_heap();

}  // namespace dunlin
