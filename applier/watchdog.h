#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "core/base/disk.h"

namespace dunlin {

// The hardware timer that resets the machine when nobody pets it in time.
class Watchdog {
 public:
  virtual ~Watchdog() = default;
  // Starts the timer. From now on pet() must come more often than `timeout`.
  virtual Result<void> start(std::chrono::seconds timeout) = 0;
  virtual void pet() = 0;
  // Stops the timer. Without this call the machine resets, even when the process has ended.
  virtual void stop() = 0;
  // The machine's last reset was this timer's doing.
  virtual bool caused_last_reset() = 0;
};

class NoWatchdog final : public Watchdog {
 public:
  Result<void> start(std::chrono::seconds) override { return {}; }
  void pet() override {}
  void stop() override {}
  bool caused_last_reset() override { return false; }
};

// A Linux watchdog device (Documentation/watchdog/watchdog-api.rst): WDIOC_SETTIMEOUT, KEEPALIVE, and 'V'
// before closing. The last reset is read from sysfs, because opening the device starts it. A device that
// another program holds (systemd with RuntimeWatchdogSec=) is left to it: a machine that hangs is reset all
// the same.
class DeviceWatchdog final : public Watchdog {
 public:
  DeviceWatchdog(Disk& disk, std::string device) : disk_(disk), device_(std::move(device)) {}
  ~DeviceWatchdog() override;
  DeviceWatchdog(const DeviceWatchdog&) = delete;
  DeviceWatchdog& operator=(const DeviceWatchdog&) = delete;

  Result<void> start(std::chrono::seconds timeout) override;
  void pet() override;
  void stop() override;
  bool caused_last_reset() override;

 private:
  Disk& disk_;
  std::string device_;
  std::unique_ptr<File> open_;
};

// The device's name in sysfs: "/dev/watchdog" is watchdog0.
std::string watchdog_sysfs_name(const std::string& device);

}  // namespace dunlin
