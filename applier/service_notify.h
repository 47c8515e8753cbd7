#pragma once
#include <string_view>

namespace dunlin {

// Tells the service manager about a change (sd_notify(3)), "READY=1" for example. Does nothing when the
// process was not started by one.
void notify_service_manager(std::string_view state);

}  // namespace dunlin
