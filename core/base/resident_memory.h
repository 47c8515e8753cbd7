#pragma once

namespace dunlin {

// Gives the kernel back what is held in memory without need: free heap, and the pages of program code and
// constants (ours and the libraries') that were needed once, at the start or for a TLS handshake. What is
// needed again comes back from the page cache, or from the medium when memory was short meanwhile. Takes
// about a millisecond; for a process that has come to rest. Never fails.
void give_back_memory();

}  // namespace dunlin
