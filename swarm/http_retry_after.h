#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "swarm/http_client.h"

namespace dunlin {

// How long a server that is overloaded (429, 503) asks not to be asked again, by its Retry-After header: at
// most an hour, whatever it says (RFC 9110 section 10.2.3). Nothing: it does not say, or the answer is
// another one. Total; `now` is needed for a header that names a date.
std::optional<std::chrono::seconds> retry_after(const HttpResponse& answer, WallTime now);

}  // namespace dunlin
