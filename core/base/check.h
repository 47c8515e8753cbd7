#pragma once

namespace dunlin {

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace dunlin

// A broken invariant ends the process, in release builds too; the service manager starts it again from a
// state that was persisted. Never for input from outside: that gets a Result.
#define CHECK(expression) \
  (static_cast<bool>(expression) ? void(0) : ::dunlin::check_failed(#expression, __FILE__, __LINE__))
