#pragma once
#include <string_view>

namespace dunlin {

// Tells the service manager ("READY=1", "STOPPING=1", "STATUS=..."; sd_notify(3)). Does nothing when the
// program was not started by one; a failure is not worth stopping for.
void notify_service_manager(std::string_view state);

}  // namespace dunlin
