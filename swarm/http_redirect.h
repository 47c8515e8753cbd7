#pragma once
#include "swarm/http_client.h"
#include "swarm/http_url.h"

namespace dunlin {

// The URL that `reference` (absolute or relative) means on the page `base` (RFC 3986 section 5.2). usage: it
// cannot be one. Total.
Result<std::string> resolve_reference(const Url& base, std::string_view reference);

// The request that an answer sends the client on to (RFC 9110 section 15.4): nothing when the answer is no
// redirect, or the request is one that must not be repeated elsewhere (only GET and HEAD are). Headers that
// identify us stay behind when the host changes. bad_peer: it leads nowhere, or from https to http. Total.
Result<std::optional<HttpRequest>> redirected(const HttpRequest& request, const HttpResponse& answer);

}  // namespace dunlin
