#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// GRUB's gptprio.next as in CoreOS and Flatcar, over both copies of a partition table.
BootWorld gpt_priority_world();

}  // namespace dunlin
