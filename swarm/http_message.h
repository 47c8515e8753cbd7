#pragma once
// HTTP/1.1 messages read from a stream through Beast's parsers.
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/fields.hpp>

#include "swarm/http_stream.h"

namespace dunlin {

inline constexpr std::size_t http_header_size_max = 16 * 1024;
inline constexpr std::size_t http_read_size = 64 * 1024;

// Feeds what is buffered to the parser; true when it wants more bytes from the stream. A parser may stop
// after each part (header, chunk), so it is asked until it stops moving.
template <class Parser>
bool feed(Parser& parser, boost::beast::flat_buffer& buffer, error_code& code) {
  while (!parser.is_done() && buffer.size() > 0) {
    const std::size_t used = parser.put(buffer.data(), code);
    buffer.consume(used);
    if (code == boost::beast::http::error::need_more) {
      code = {};
      return true;
    }
    if (code) return false;
    if (used == 0) return true;
  }
  return !parser.is_done();
}

// Field names in lower case; several fields of one name are joined with ", " (RFC 9110 section 5.3).
std::map<std::string, std::string> headers_of(const boost::beast::http::fields& fields);

// False when a name or value could smuggle another header line into the message.
bool is_safe_header(std::string_view name, std::string_view value);

}  // namespace dunlin
