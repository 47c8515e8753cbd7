// Any bytes as an answer of an HTTP server, in parts as long as the first byte says, and as what stands in
// headers and URLs. Never more is kept than the request allows.
#include <limits>

#include <boost/beast/http/parser.hpp>

#include "core/base/check.h"
#include "swarm/http_body.h"
#include "swarm/http_range.h"
#include "swarm/http_redirect.h"
#include "swarm/http_retry_after.h"
#include "swarm/http_url.h"

namespace {

using namespace dunlin;
namespace http = boost::beast::http;

constexpr std::size_t body_size_max = 4096;

void read_headers(const HttpRequest& request, const HttpResponse& answer) {
  const std::optional<std::chrono::seconds> pause = retry_after(answer, WallTime{});
  CHECK(!pause || pause->count() >= 0);
  const Result<std::optional<HttpRequest>> next = redirected(request, answer);
  if (next && *next) CHECK(parse_url((*next)->url).has_value());
}

void read_answer(ByteView bytes, std::size_t step) {
  HttpRequest request;
  request.url = "https://seeder.example/packs/1";
  request.body_size_max = body_size_max;
  http::response_parser<HttpBody> parser;
  parser.header_limit(http_header_size_max);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // HttpBody knows what may come
  parser.get().body().request = &request;
  boost::beast::flat_buffer buffer;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(step, bytes.size()))) {
    const ByteView part = bytes.first(std::min(step, bytes.size()));
    buffer.commit(asio::buffer_copy(buffer.prepare(part.size()), asio::buffer(part.data(), part.size())));
    error_code code;
    if (!feed(parser, buffer, code)) break;
  }
  CHECK(parser.get().body().kept.size() <= body_size_max);
  if (!parser.is_header_done()) return;
  read_headers(request,
               HttpResponse{static_cast<int>(parser.get().result_int()), headers_of(parser.get()), {}});
}

void read_texts(std::string_view text) {
  const RangeAnswer range = answer_range(text, 1000);
  CHECK(range.kind != RangeAnswer::Kind::part || (range.length > 0 && range.offset + range.length <= 1000));
  const std::optional<ContentRange> content = parse_content_range(text);
  CHECK(!content || !content->total || content->length <= *content->total);
  CHECK(percent_decode(percent_encode(text), false) == text);
  (void)parse_query(text);
  if (const Result<Url> url = parse_url(text)) {
    CHECK(!url->target.empty() && !url->host.empty());
    (void)resolve_reference(*url, text);
  }
  if (const Result<Url> base = parse_url("https://seeder.example/a/b")) (void)resolve_reference(*base, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest(data + 1, size - 1);
  if (data[0] % 2 == 0) read_answer(rest, data[0] / 2 + 1u);
  if (data[0] % 2 == 1) read_texts(as_text(rest));
  return 0;
}
