#pragma once
#include "applier/device_sight.h"

namespace dunlin {

// Judges what was seen of a device: one finding a check, all of them each time, in an order fit to be read.
std::vector<Finding> examine(const DeviceSight& sight);

}  // namespace dunlin
