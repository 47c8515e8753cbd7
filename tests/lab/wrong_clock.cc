// Preloaded into our programs (LD_PRELOAD): the wall clock is off by DUNLIN_CLOCK_OFFSET seconds, as on a
// device whose clock was set wrong; or by as many as the file DUNLIN_CLOCK_FILE says now. The monotonic
// clocks are as they are. Small and without state, so that a sanitizer's runtime can stand in front of it.
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

// The file is replaced in one step, so it is always whole.
time_t offset_in(const char* path) {
  const int before = errno;
  char text[32] = {};
  const long file = ::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    const long count = ::syscall(SYS_read, file, text, sizeof text - 1);
    if (count < 0) text[0] = 0;
    ::syscall(SYS_close, file);
  }
  errno = before;
  return std::atol(text);
}

time_t offset() {
  const char* path = std::getenv("DUNLIN_CLOCK_FILE");
  if (path != nullptr) return offset_in(path);
  const char* seconds = std::getenv("DUNLIN_CLOCK_OFFSET");
  return seconds == nullptr ? 0 : std::atol(seconds);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const long failed = ::syscall(SYS_clock_gettime, clock, now);
  if (failed != 0) return -1;
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += offset();
  return 0;
}

int gettimeofday(timeval* now, void*) noexcept {
  timespec exact{};
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  *now = {exact.tv_sec, static_cast<suseconds_t>(exact.tv_nsec / 1000)};
  return 0;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}
}
