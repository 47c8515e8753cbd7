#include "swarm/http_exchange.h"

#include <algorithm>
#include <limits>

#include <boost/beast/http/parser.hpp>

#include "swarm/http_body.h"

namespace dunlin {

namespace {

namespace http = boost::beast::http;

constexpr std::uint64_t limited_portion_max = 256 * 1024;
constexpr std::size_t waiting_min = 16 * 1024;
constexpr std::size_t waiting_max = 192 * 1024;  // Linux refuses more by default (net.core.rmem_max)
using ResponseParser = http::response_parser<HttpBody>;

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
}

void set_up(ResponseParser& parser, const HttpRequest& request) {
  parser.eager(true);
  parser.header_limit(http_header_size_max);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // HttpBody knows what may come
  parser.get().body().request = &request;
  parser.skip(request.method == "HEAD");
}

tl::unexpected<Error> bad_answer(const error_code& code, const HttpRequest& request) {
  if (code == http::error::body_limit)
    return fail(ErrorKind::bad_peer,
                "the answer is longer than the " + std::to_string(request.body_size_max) + " bytes allowed");
  if (code == asio::error::operation_aborted) return fail(ErrorKind::cancelled, "the rest is not wanted");
  if (code == http::error::partial_message || code == http::error::end_of_stream)
    return fail(ErrorKind::retry_later, "connection cut in the middle of the answer");
  return fail(ErrorKind::bad_peer, "not an HTTP answer: " + code.message());
}

// What is read slowly crosses the line at its full speed all the same, as far as the kernel has room for it:
// megabytes. Where the pace is fast, those are soon worked off, and less room would slow down long lines.
void limit_waiting(HttpStream& stream, const HttpRequest& request) {
  if (!request.pace || request.portion > limited_portion_max) return;
  stream.limit_waiting(std::clamp<std::size_t>(2 * request.portion, waiting_min, waiting_max));
}

Task<> keep_pace(const HttpRequest& request, std::uint64_t came) {
  if (!request.pace || came == 0) co_return;
  const std::chrono::milliseconds delay = request.pace(came);
  if (delay.count() <= 0) co_return;
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  co_await wait_for(timer, delay);
}

// Reads one message, interim (1xx) or final.
Task<Result<void>> read_message(HttpStream& stream, boost::beast::flat_buffer& buffer, ResponseParser& parser,
                                const HttpRequest& request, bool& heard) {
  error_code code;
  std::uint64_t came = 0;
  while (feed(parser, buffer, code)) {
    co_await keep_pace(request, came);
    const auto space = buffer.prepare(std::min<std::uint64_t>(http_read_size, request.portion));
    const ByteSpan out(static_cast<std::uint8_t*>(space.data()), space.size());
    Result<std::size_t> count = co_await stream.read_some(out, request.idle_limit);
    if (!count) co_return fail(std::move(count.error()));
    if (*count == 0) {
      code = http::error::end_of_stream;
      if (parser.got_some()) parser.put_eof(code);
      break;
    }
    heard = true;
    came = *count;
    buffer.commit(*count);
  }
  if (!code && !parser.is_done()) code = http::error::partial_message;
  if (code) co_return bad_answer(code, request);
  co_return Result<void>();
}

}  // namespace

Result<std::string> format_request(const HttpRequest& request, const Url& url) {
  if (!is_token(request.method))
    return fail(ErrorKind::usage, "\"" + request.method + "\" is not an HTTP method");
  std::string text = request.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() + "\r\n";
  for (const auto& [name, value] : request.headers) {
    if (!is_safe_header(name, value))
      return fail(ErrorKind::usage, "header \"" + name + "\" has forbidden characters");
    text += name + ": " + value + "\r\n";
  }
  if (request.range) {
    if (request.range->length == 0) return fail(ErrorKind::usage, "a range needs at least one byte");
    text += "Range: bytes=" + std::to_string(request.range->offset) + "-" +
            std::to_string(request.range->offset + request.range->length - 1) + "\r\n";
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return text + "\r\n" + request.body;
}

Task<ExchangeOutcome> exchange(HttpStream& stream, std::string request_text, const HttpRequest& request) {
  ExchangeOutcome outcome;
  limit_waiting(stream, request);
  Result<void> sent = co_await stream.write_all(as_bytes(request_text), request.idle_limit);
  if (!sent) {
    outcome.response = fail(std::move(sent.error()));
    outcome.heard_nothing = true;
    co_return outcome;
  }
  boost::beast::flat_buffer buffer;
  std::unique_ptr<ResponseParser> parser;
  bool heard = false;
  do {
    parser = std::make_unique<ResponseParser>();
    set_up(*parser, request);
    Result<void> read = co_await read_message(stream, buffer, *parser, request, heard);
    if (!read) {
      outcome.response = fail(std::move(read.error()));
      outcome.heard_nothing = !heard;
      outcome.body_bytes = parser->get().body().size;
      co_return outcome;
    }
  } while (parser->get().result_int() / 100 == 1);
  outcome.reusable = parser->keep_alive() && buffer.size() == 0;
  HttpResponse response;
  response.status = static_cast<int>(parser->get().result_int());
  response.headers = headers_of(parser->get());
  response.body = std::move(parser->get().body().kept);
  outcome.body_bytes = parser->get().body().size;
  outcome.response = std::move(response);
  co_return outcome;
}

}  // namespace dunlin
