#include "swarm/http_connection.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/base/log.h"
#include "swarm/http_message.h"
#include "swarm/http_reply.h"
#include "swarm/http_url.h"

namespace dunlin {

namespace {

namespace http = boost::beast::http;
using RequestParser = http::request_parser<http::string_body>;

// What reading one request came to.
enum class Reading { complete, ended, refused };

struct Incoming {
  Reading reading = Reading::ended;
  ServerRequest request;
  bool keep_alive = false;
  int refusal = 0;  // the status to answer with when refused
};

int refusal_of(const error_code& code) {
  if (code == http::error::header_limit) return 431;
  if (code == http::error::body_limit) return 413;
  return 400;
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

ServerRequest request_of(RequestParser& parser, const std::string& peer_address) {
  ServerRequest request;
  auto& message = parser.get();
  request.method = view(message.method_string());
  const std::string_view target = view(message.target());
  const std::size_t question = target.find('?');
  request.path = percent_decode(target.substr(0, question), false);
  if (question != std::string_view::npos) request.raw_query = target.substr(question + 1);
  request.query = parse_query(request.raw_query);
  request.headers = headers_of(message);
  request.body = std::move(message.body());
  request.peer_address = peer_address;
  return request;
}

// `limits` outlives the call.
Task<Incoming> read_request(HttpStream& stream, boost::beast::flat_buffer& buffer,
                            const HttpServerLimits& limits, std::string peer_address) {
  Incoming incoming;
  RequestParser parser;
  parser.eager(true);
  parser.header_limit(http_header_size_max);
  parser.body_limit(limits.body_size_max);
  error_code code;
  bool told_to_continue = false;
  while (feed(parser, buffer, code)) {
    const bool asks = parser.is_header_done() && !told_to_continue &&
                      boost::beast::iequals(parser.get()[http::field::expect], "100-continue");
    if (asks) {
      told_to_continue = true;
      Result<void> told = co_await stream.write_all(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"), limits.idle);
      if (!told) co_return incoming;
    }
    const auto space = buffer.prepare(http_read_size);
    const ByteSpan out(static_cast<std::uint8_t*>(space.data()), space.size());
    Result<std::size_t> count = co_await stream.read_some(out, limits.idle);
    if (!count || *count == 0) co_return incoming;
    buffer.commit(*count);
  }
  if (code) {
    incoming.reading = Reading::refused;
    incoming.refusal = refusal_of(code);
    co_return incoming;
  }
  incoming.reading = Reading::complete;
  incoming.keep_alive = parser.keep_alive();
  incoming.request = request_of(parser, peer_address);
  co_return incoming;
}

ServerResponse plain_refusal(int status) {
  ServerResponse response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::string(view(http::obsolete_reason(static_cast<http::status>(status)))) + "\n";
  return response;
}

Task<ServerResponse> respond(const HttpHandler& handler, Incoming& incoming) {
  if (incoming.reading == Reading::refused) co_return plain_refusal(incoming.refusal);
  ServerResponse response = co_await handler(std::move(incoming.request));
  co_return response;
}

}  // namespace

Task<> serve_connection(HttpStream& stream, const HttpHandler& handler, const HttpServerLimits& limits,
                        std::string peer_address, std::uint64_t& sent_file_bytes) {
  boost::beast::flat_buffer buffer;
  bool open = true;
  while (open) {
    Incoming incoming = co_await read_request(stream, buffer, limits, peer_address);
    if (incoming.reading == Reading::ended) co_return;
    ServerRequest asked = incoming.request;
    asked.body.clear();
    ServerResponse response = co_await respond(handler, incoming);
    Reply reply = make_reply(asked, std::move(response), incoming.keep_alive);
    Result<void> sent = co_await send_reply(stream, reply, sent_file_bytes);
    if (!sent) {
      log_debug("connection ended in the middle of an answer",
                {{"peer", peer_address}, {"error", sent.error()}});
      co_return;
    }
    open = incoming.keep_alive;
  }
  co_await stream.finish();
}

}  // namespace dunlin
