#include "seeder/seeder_lock.h"

#include <utility>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace dunlin {

Result<SeederLock> SeederLock::take(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail_errno(ErrorKind::device, "opening " + path);
  SeederLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK)
    return fail(ErrorKind::retry_later,
                "another program is changing this repository (it holds " + path + "); wait until it is done");
  return fail_errno(ErrorKind::device, "locking " + path);
}

SeederLock::SeederLock(SeederLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

SeederLock::~SeederLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace dunlin
