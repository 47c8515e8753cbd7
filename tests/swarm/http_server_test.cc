// Real sockets on loopback; the raw client sends what a well-behaved one would not.
#include "swarm/http_server.h"

#include <boost/asio/write.hpp>

#include "swarm/static_files.h"
#include "tests/fakes/http_fixture.h"

namespace dunlin {
namespace {

using asio::ip::tcp;

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
  return text;
}

// Sends `text`, half-closes when told, and reads until the server closes.
Task<std::string> say(asio::io_context& io, std::uint16_t port, std::string text) {
  tcp::socket socket(io);
  Deadline deadline(socket, std::chrono::seconds(15));
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  error_code code;
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
  const asio::const_buffer out(text.data(), text.size());
  co_await asio::async_write(socket, out, asio::redirect_error(asio::use_awaitable, code));
  std::string answer;
  std::array<char, 4096> piece{};
  code = {};
  while (!code) {
    const asio::mutable_buffer in(piece.data(), piece.size());
    const std::size_t count =
        co_await socket.async_read_some(in, asio::redirect_error(asio::use_awaitable, code));
    answer.append(piece.data(), count);
  }
  co_return answer;
}

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    folder.write("big.bin", big);
    folder.write("small.json", "{}");
    HttpHandler handler = [this](ServerRequest request) { return answer(this, std::move(request)); };
    server = std::make_unique<HttpServer>(io, std::move(handler));
    port = server->listen_tcp("127.0.0.1:0", std::nullopt).value();
  }

  static Task<ServerResponse> answer(HttpServerTest* self, ServerRequest request) {
    self->last = request;
    if (request.path == "/echo") {
      ServerResponse response;
      response.body = request.method + " " + request.body;
      co_return response;
    }
    co_return serve_static(self->folder.path(), request);
  }

  std::string url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(port) + target;
  }
  Result<HttpResponse> send(HttpRequest request) { return run_task(io, client.send(std::move(request))); }

  TemporaryFolder folder;
  std::string big = pattern(300'001);
  asio::io_context io;
  std::unique_ptr<HttpServer> server;
  HttpClient client{io, ""};
  std::uint16_t port = 0;
  ServerRequest last;
};

TEST_F(HttpServerTest, SendsAWholeFileAndCountsItsBytes) {
  const Result<HttpResponse> response = send(get(url("/big.bin")));

  EXPECT_EQ(text_of(response), big);
  EXPECT_EQ(response->headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(server->sent_file_bytes(), big.size());
  EXPECT_EQ(client.received_body_bytes(), big.size());
}

TEST_F(HttpServerTest, SendsTheRangeThatWasAsked) {
  HttpRequest request = get(url("/big.bin"));
  request.range = HttpRange{100'000, 70'000};

  const Result<HttpResponse> response = send(request);

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 206);
  EXPECT_EQ(response->headers.at("content-range"), "bytes 100000-169999/300001");
  EXPECT_EQ(text_of(response), big.substr(100'000, 70'000));
}

TEST_F(HttpServerTest, RefusesARangeBeyondTheEnd) {
  HttpRequest request = get(url("/big.bin"));
  request.range = HttpRange{300'001, 1};

  const Result<HttpResponse> response = send(request);

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 416);
  EXPECT_EQ(response->headers.at("content-range"), "bytes */300001");
}

TEST_F(HttpServerTest, AnswersHeadWithTheLengthOnly) {
  HttpRequest request = get(url("/big.bin"));
  request.method = "HEAD";

  const Result<HttpResponse> response = send(request);

  ASSERT_TRUE(response);
  EXPECT_EQ(response->headers.at("content-length"), "300001");
  EXPECT_TRUE(response->body.empty());
}

TEST_F(HttpServerTest, AnswersUnchangedWhenTheClientHasTheSameBytes) {
  const Result<HttpResponse> first = send(get(url("/small.json")));
  HttpRequest again = get(url("/small.json"));
  again.headers["If-None-Match"] = first.value().headers.at("etag");

  const Result<HttpResponse> second = send(again);

  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 304);
  EXPECT_TRUE(second->body.empty());
}

TEST_F(HttpServerTest, AnswersMissingAndOutsidePathsWith404) {
  for (const std::string target : {"/nothing", "/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/"}) {
    const Result<HttpResponse> response = send(get(url(target)));
    ASSERT_TRUE(response) << target;
    EXPECT_EQ(response->status, 404) << target;
  }
}

TEST_F(HttpServerTest, RefusesOtherMethodsOnFiles) {
  HttpRequest request = get(url("/small.json"));
  request.method = "DELETE";

  EXPECT_EQ(send(request).value().status, 405);
}

TEST_F(HttpServerTest, HandsThePartsOfTheRequestToTheHandler) {
  HttpRequest request = get(url("/echo?a=%31&h=%ff"));
  request.method = "POST";
  request.body = "hello";
  request.headers["X-Thing"] = "yes";

  EXPECT_EQ(text_of(send(request)), "POST hello");
  EXPECT_EQ(last.path, "/echo");
  EXPECT_EQ(last.query.at("a"), "1");
  EXPECT_EQ(last.raw_query, "a=%31&h=%ff");
  EXPECT_EQ(last.headers.at("x-thing"), "yes");
  EXPECT_EQ(last.peer_address, "127.0.0.1");
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  const std::string answer = run_task(io, say(io, port,
                                              "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
                                              "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
                                              "Connection: close\r\n\r\ntwo"));

  EXPECT_NE(answer.find("POST one"), std::string::npos);
  EXPECT_GT(answer.find("POST two"), answer.find("POST one"));
  EXPECT_NE(answer.find("POST two"), std::string::npos);
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  const std::string answer =
      run_task(io, say(io, port,
                       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                       "Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));

  EXPECT_NE(answer.find("POST abcde"), std::string::npos);
}

TEST_F(HttpServerTest, RefusesAnOverlongHeader) {
  const std::string answer = run_task(
      io, say(io, port, "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 431")) << answer;
}

TEST_F(HttpServerTest, RefusesAnOverlongBodyBeforeReadingIt) {
  const std::string answer =
      run_task(io, say(io, port, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer;
}

TEST_F(HttpServerTest, RefusesAnOverlongChunkedBody) {
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  std::string body;
  for (int i = 0; i < 17; ++i) body += chunk;

  const std::string answer = run_task(
      io, say(io, port,
              "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body + "0\r\n\r\n"));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer.substr(0, 80);
}

TEST_F(HttpServerTest, AnswersNonsenseWith400) {
  const std::string answer = run_task(io, say(io, port, "\x16\x03\x01\x02\r\n\r\n"));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
}

TEST_F(HttpServerTest, SaysWhichPortIsTaken) {
  HttpServer second(io, nullptr);

  const Result<std::uint16_t> taken = second.listen_tcp("127.0.0.1:" + std::to_string(port), std::nullopt);

  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind, ErrorKind::usage);
  EXPECT_NE(taken.error().message.find(std::to_string(port)), std::string::npos);
}

TEST_F(HttpServerTest, RefusesBadListenAddresses) {
  HttpServer second(io, nullptr);
  for (const char* address :
       {"", "8443", "localhost:1", "1.2.3.4", "127.0.0.1:", "127.0.0.1:70000", "[::1:80"}) {
    EXPECT_FALSE(second.listen_tcp(address, std::nullopt)) << address;
  }
}

Task<bool> drip(asio::io_context& io, std::uint16_t port) {
  tcp::socket socket(io);
  error_code code;
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
  const std::string text = "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  for (const char& c : text) {
    const asio::const_buffer one(&c, 1);
    co_await socket.async_write_some(one, asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return false;
    co_await asio::post(io, asio::use_awaitable);
  }
  std::array<char, 1024> piece{};
  const asio::mutable_buffer in(piece.data(), piece.size());
  const std::size_t count =
      co_await socket.async_read_some(in, asio::redirect_error(asio::use_awaitable, code));
  co_return std::string_view(piece.data(), count).starts_with("HTTP/1.1 200");
}

TEST_F(HttpServerTest, ServesAClientThatSendsByteByByte) {
  EXPECT_TRUE(run_task(io, drip(io, port)));
}

Task<bool> read_slowly(asio::io_context& io, std::uint16_t port, std::size_t size) {
  tcp::socket socket(io);
  error_code code;
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  socket.open(tcp::v4(), code);
  socket.set_option(asio::socket_base::receive_buffer_size(4096), code);
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
  const std::string text = "GET /big.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const asio::const_buffer out(text.data(), text.size());
  co_await asio::async_write(socket, out, asio::redirect_error(asio::use_awaitable, code));
  std::size_t total = 0;
  std::array<char, 509> piece{};
  while (!code) {
    const asio::mutable_buffer in(piece.data(), piece.size());
    const std::size_t count =
        co_await socket.async_read_some(in, asio::redirect_error(asio::use_awaitable, code));
    total += count;
  }
  co_return total > size;
}

TEST_F(HttpServerTest, ServesAClientThatReadsInCrumbs) {
  EXPECT_TRUE(run_task(io, read_slowly(io, port, big.size())));
}

TEST_F(HttpServerTest, ServesOverAUnixSocketAndReplacesAStaleFile) {
  const std::string path = folder / "s.sock";
  {
    HttpServer old(io, nullptr);
    ASSERT_TRUE(old.listen_unix(path, 0600));
  }

  ASSERT_TRUE(server->listen_unix(path, 0660));

  EXPECT_EQ(text_of(send(get("unix:" + path + ":/small.json"))), "{}");
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0660));
  EXPECT_EQ(last.peer_address, "");
}

TEST_F(HttpServerTest, DoesNotTakeAUnixSocketInUseNorAFile) {
  const std::string path = folder / "s.sock";
  ASSERT_TRUE(server->listen_unix(path, 0600));
  HttpServer second(io, nullptr);

  EXPECT_EQ(second.listen_unix(path, 0600).error().kind, ErrorKind::usage);
  EXPECT_EQ(second.listen_unix(folder / "small.json", 0600).error().kind, ErrorKind::usage);
}

TEST_F(HttpServerTest, ClosesConnectionsBeyondItsLimitAtOnce) {
  HttpServerLimits limits;
  limits.connections_max = 1;
  HttpServer small(
      io, [this](ServerRequest request) { return answer(this, std::move(request)); }, limits);
  const std::uint16_t small_port = small.listen_tcp("127.0.0.1:0", std::nullopt).value();
  const std::string target = "http://127.0.0.1:" + std::to_string(small_port) + "/small.json";
  ASSERT_EQ(text_of(send(get(target))), "{}");  // keeps its connection

  HttpClient another(io, "");
  const Result<HttpResponse> refused = run_task(io, another.send(get(target)));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(text_of(send(get(target))), "{}");
}

TEST_F(HttpServerTest, ClosingEndsOpenConnections) {
  ASSERT_TRUE(send(get(url("/small.json"))));  // leaves a kept connection

  server->close();

  const Result<HttpResponse> refused = send(get(url("/small.json")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::retry_later);
}

}  // namespace
}  // namespace dunlin
