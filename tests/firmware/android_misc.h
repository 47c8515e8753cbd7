#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// U-Boot's ab_select_slot (android_ab.c) over Android's misc partition.
BootWorld android_misc_world();

}  // namespace dunlin
