#include "seeder/seeder_lock.h"

#include <cerrno>
#include <sys/file.h>

namespace dunlin {

Result<SeederLock> SeederLock::take(Disk& disk, const std::string& path) {
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::create);
  if (!file) return fail(std::move(file.error()));
  const int descriptor = (*file)->descriptor();
  // A simulated disk belongs to one process: there is nobody to lock out.
  if (descriptor < 0 || ::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return SeederLock(std::move(*file));
  if (errno == EWOULDBLOCK)
    return fail(ErrorKind::retry_later,
                "another program is changing this repository (it holds " + path + "); wait until it is done");
  return fail_errno(ErrorKind::device, "locking " + path);
}

}  // namespace dunlin
