#include "applier/mounted_root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "applier/client/unix_channel.h"
#include "core/base/log.h"

namespace dunlin {

namespace {

class MountedRoot final : public RootFiles {
 public:
  MountedRoot(ProcessRunner& runner, std::string folder) : runner_(runner), folder_(std::move(folder)) {}
  ~MountedRoot() override {
    Result<std::string> done = run_or_fail(runner_, {"umount", folder_});
    if (!done) log_warning("unmounting failed", {{"folder", folder_}, {"error", done.error()}});
  }
  MountedRoot(const MountedRoot&) = delete;
  MountedRoot& operator=(const MountedRoot&) = delete;

  Result<std::unique_ptr<File>> open(const std::string& path) override {
    Descriptor root(::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.is_open()) return fail_errno(ErrorKind::device, "opening " + folder_);
    // An absolute link in the image means the image's own tree, not the running system's.
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT;
    const long number = ::syscall(SYS_openat2, root.number(), path.c_str(), &how, sizeof(how));
    if (number < 0) return fail_errno(ErrorKind::bad_image, "the image has no file " + path);
    return adopt_descriptor(static_cast<int>(number), path);
  }

 private:
  ProcessRunner& runner_;
  std::string folder_;
};

}  // namespace

Result<void> SystemMounter::unmount_stale() {
  if (!run_or_fail(runner_, {"mountpoint", "-q", folder_})) return {};
  Result<std::string> gone = run_or_fail(runner_, {"umount", folder_});
  if (!gone) return fail(std::move(gone.error()), "unmounting what an earlier run left");
  return {};
}

Result<std::unique_ptr<RootFiles>> SystemMounter::mount(const std::string& device) {
  Result<void> made = disk_.create_directories(folder_);
  if (!made) return fail(std::move(made.error()));
  Result<FileStatus> status = disk_.status(device);
  if (!status) return fail(std::move(status.error()));
  Result<void> clean = unmount_stale();
  if (!clean) return fail(std::move(clean.error()));
  const std::string options = status->kind == FileKind::block_device ? "ro" : "ro,loop";
  Result<std::string> done = run_or_fail(runner_, {"mount", "-o", options, device, folder_});
  if (!done) {
    done.error().kind = ErrorKind::bad_image;
    return fail(std::move(done.error()), "mounting the new image for its boot files");
  }
  return std::make_unique<MountedRoot>(runner_, folder_);
}

}  // namespace dunlin
