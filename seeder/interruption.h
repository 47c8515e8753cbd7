#pragma once
#include <atomic>

namespace dunlin {

// From the first call on, SIGINT and SIGTERM end nothing: they turn the flag true, for long jobs to look at.
const std::atomic<bool>& catch_interruption();

}  // namespace dunlin
