#pragma once
#include "core/base/disk.h"

namespace dunlin {

// The device that `text` names: "PARTLABEL=root-a" and "PARTUUID=..." (GPT, in any case) by what the kernel
// says of its partitions, or by udev's links where it does not; anything else is a path, as it is. device
// when there is no such partition, usage when there are two of that name.
Result<std::string> find_partition(Disk& disk, const std::string& text);

// Of a line "KEY=value" of a sysfs uevent file; empty when it has no such key.
std::string uevent_value(const std::string& uevent, const std::string& key);

}  // namespace dunlin
