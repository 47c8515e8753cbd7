#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "applier/boot/boot_control.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

// What a boot loader does with the bytes it finds: its selection rules line by line, on the disk that it
// would itself read and write. Shares no code with the backends except pure parsers, which the boot_tools
// tests compare with the real tools.
class FirmwareModel {
 public:
  virtual ~FirmwareModel() = default;

  // The machine starts: reads, chooses, counts, writes back, and resets itself, up to a limit, when its
  // script would. Returns the slot that is started ("a"), or "" when it hangs, loops, or the power went
  // meanwhile.
  virtual std::string boot(Disk& disk) = 0;

  // The power was away, or the reset was not orderly: what no medium keeps is gone. Call it before the boot()
  // that follows. Most boot loaders keep nothing of the kind.
  virtual void lose_power(Disk&) {}
};

// A backend with everything that a test of it needs, for slots "a" and "b".
struct BootWorld {
  std::string name;                      // "uboot-rauc": letters, digits and '-'
  std::function<void(FakeDisk&)> flash;  // as a factory leaves it: both slots enabled, "a" next
  std::function<std::unique_ptr<BootControl>(Disk&)> control;
  std::function<std::unique_ptr<FirmwareModel>()> firmware;
};

// Every backend there is. Add a world here and every test of boot control plays it.
const std::vector<BootWorld>& boot_worlds();

// The name as a part of a test's name: "uboot_rauc".
std::string test_name(const BootWorld& world);

}  // namespace dunlin
