#pragma once
#include "swarm/http_stream.h"
#include "swarm/http_url.h"

namespace dunlin {

// Opens a connection to the URL's host: name lookup, TCP or Unix socket, TLS handshake with the host's name
// checked. Addresses are tried in turn; each step may take `limit`. Through `proxy`, if any: an https URL's
// bytes by CONNECT (RFC 9110 section 9.3.6), an http URL's requests must name the whole URL then. `tls` is
// needed for https only. retry_later, with the host in the message.
Task<Result<std::unique_ptr<HttpStream>>> connect_to(asio::io_context& io, Url url, std::optional<Url> proxy,
                                                     TlsContext tls, std::chrono::milliseconds limit);

}  // namespace dunlin
