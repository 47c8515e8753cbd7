#include "applier/watchdog.h"

#include <charconv>
#include <linux/watchdog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/kernel_file.h"
#include "core/base/log.h"

namespace dunlin {

DeviceWatchdog::~DeviceWatchdog() {
  // Closing without 'V' leaves the timer running: a crash of this program during a trial must reset.
  open_.reset();
}

Result<void> DeviceWatchdog::start(std::chrono::seconds timeout) {
  Result<std::unique_ptr<File>> file = disk_.open(device_, OpenMode::read_write);
  if (!file && file.error().cause == std::errc::device_or_resource_busy) {
    log_info("the watchdog is petted by another program, which keeps it", {{"device", device_}});
    return {};
  }
  if (!file) return fail(std::move(file.error()), "watchdog");
  open_ = std::move(*file);
  int value = static_cast<int>(timeout.count());
  if (::ioctl(open_->descriptor(), WDIOC_SETTIMEOUT, &value) != 0)
    log_warning("the watchdog keeps its own timeout", {{"device", device_}});
  pet();
  return {};
}

void DeviceWatchdog::pet() {
  if (open_ && ::ioctl(open_->descriptor(), WDIOC_KEEPALIVE, 0) != 0)
    log_warning("the watchdog could not be petted", {{"device", device_}});
}

void DeviceWatchdog::stop() {
  if (!open_) return;
  // write(2), not write_at: the device cannot seek. 'V' is the promise that closing is meant.
  if (::write(open_->descriptor(), "V", 1) != 1)
    log_warning("the watchdog could not be stopped", {{"device", device_}});
  open_.reset();
}

bool DeviceWatchdog::caused_last_reset() {
  const std::string path = "/sys/class/watchdog/" + watchdog_sysfs_name(device_) + "/bootstatus";
  const Result<std::string> text = read_kernel_file(disk_, path, 64);
  const std::string_view bits = text ? std::string_view(*text) : std::string_view();
  int status = 0;
  std::from_chars(bits.data(), bits.data() + bits.size(), status);
  return (status & WDIOF_CARDRESET) != 0;
}

std::string watchdog_sysfs_name(const std::string& device) {
  const std::string name = device.substr(device.rfind('/') + 1);
  return name == "watchdog" ? "watchdog0" : name;
}

}  // namespace dunlin
