#include "tests/firmware/world_control.h"

#include "core/base/check.h"

namespace dunlin {

std::unique_ptr<BootControl> world_control(Disk& disk, const BootSettings& settings) {
  static PosixProcessRunner runner;
  CHECK(problem_of(settings).empty());
  return make_boot_control(disk, runner, settings);
}

}  // namespace dunlin
