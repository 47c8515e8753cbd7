#pragma once
#include "swarm/http_stream.h"
#include "swarm/http_url.h"

namespace dunlin {

// Opens a connection to the URL's host: name lookup, TCP or Unix socket, TLS handshake with the host's name
// checked. Addresses are tried in turn; each step may take `limit`. `tls` is needed for https only.
// retry_later, with the host in the message.
Task<Result<std::unique_ptr<HttpStream>>> connect_to(asio::io_context& io, Url url, TlsContext tls,
                                                     std::chrono::milliseconds limit);

}  // namespace dunlin
