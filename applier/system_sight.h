#pragma once
#include <set>
#include <string>
#include <string_view>

#include "applier/slot.h"

namespace dunlin {

// What the kernel's and the service manager's own texts say of the running system. Total functions.

// proc_net_route, proc_net_ipv6_route: texts of /proc/net/route and /proc/net/ipv6_route (proc(5)). True when
// one of them has a way to everywhere that is up and not a rejection.
bool has_default_route(std::string_view proc_net_route, std::string_view proc_net_ipv6_route);

// First words of `systemctl list-units --state=failed --plain --no-legend`.
std::set<std::string> failed_units(std::string_view list);

// Device numbers, "8:2", of what is mounted at "/" (proc(5), mountinfo); empty when nothing is.
std::string root_device(std::string_view mountinfo);

// The slot, other than `booted`, on whose device the root file system is, directly or below device mapper;
// empty when it is on none, as far as can be seen.
std::string root_in_other_slot(Disk& disk, const std::vector<SlotPlace>& slots, const std::string& booted);

}  // namespace dunlin
