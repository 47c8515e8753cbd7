#pragma once
#include <string_view>

namespace dunlin {

// Tells the service manager how the program is: "READY=1", "STATUS=fetching 2.0, 40 %" (sd_notify(3)). Does
// nothing when the program was not started by one; a failure is not worth stopping for. Waits only while the
// manager's queue is full: a lost READY=1 would get the program killed.
void notify_service_manager(std::string_view state);

}  // namespace dunlin
