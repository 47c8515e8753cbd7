#pragma once
#include "swarm/http_server.h"
#include "swarm/http_stream.h"

namespace dunlin {

// Serves requests on one connection until either side ends it. `stream`, `handler`, `limits` and
// `sent_file_bytes` must outlive the call; closing the stream ends it.
Task<> serve_connection(HttpStream& stream, const HttpHandler& handler, const HttpServerLimits& limits,
                        std::string peer_address, std::uint64_t& sent_file_bytes);

}  // namespace dunlin
