// The client against our own server over TCP and TLS, and against scripted servers that misbehave.
#include "swarm/http_client.h"

#include <boost/asio/write.hpp>

#include "core/base/tls.h"
#include "tests/fakes/http_fixture.h"

namespace dunlin {
namespace {

using asio::ip::tcp;

Task<ServerResponse> greet(ServerRequest request) {
  ServerResponse response;
  response.body = "hello " + request.path;
  co_return response;
}

const WallTime year_2100(std::chrono::seconds(4'102'444'800));

class HttpClientTls : public testing::Test {
 protected:
  HttpClientTls() {
    const TlsIdentity authority = make_certificate_authority("test CA", year_2100).value();
    const TlsIdentity identity =
        make_server_certificate(authority, {"127.0.0.1", "localhost"}, year_2100).value();
    ca_file = folder.write("ca.pem", authority.certificate_pem);
    HttpServer::Tls tls;
    tls.certificate_file = folder.write("server.pem", identity.certificate_pem);
    tls.key_file = folder.write("server.key", identity.key_pem);
    port = server.listen_tcp("127.0.0.1:0", tls).value();
  }

  Result<HttpResponse> fetch(const std::string& ca, const std::string& host) {
    HttpClient client(io, ca);
    return run_task(io, client.send(get("https://" + host + ":" + std::to_string(port) + "/x")));
  }

  TemporaryFolder folder;
  asio::io_context io;
  HttpServer server{io, greet};
  std::string ca_file;
  std::uint16_t port = 0;
};

TEST_F(HttpClientTls, AcceptsTheServerItsAuthoritySigned) {
  EXPECT_EQ(text_of(fetch(ca_file, "127.0.0.1")), "hello /x");
  EXPECT_EQ(text_of(fetch(ca_file, "localhost")), "hello /x");
}

TEST_F(HttpClientTls, RefusesAServerOfAnotherAuthority) {
  const std::string other =
      folder.write("other.pem", make_certificate_authority("other CA", year_2100).value().certificate_pem);

  const Result<HttpResponse> response = fetch(other, "127.0.0.1");

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
  EXPECT_NE(response.error().message.find("certificate"), std::string::npos) << response.error().message;
}

TEST_F(HttpClientTls, RefusesAServerWithoutAPublicCertificateWhenItHasNoFileOfItsOwn) {
  EXPECT_FALSE(fetch("", "127.0.0.1"));
}

TEST_F(HttpClientTls, RefusesAServerWithAnotherName) {
  const TlsIdentity authority = make_certificate_authority("CA 2", year_2100).value();
  const TlsIdentity identity =
      make_server_certificate(authority, {"elsewhere.example", "192.0.2.1"}, year_2100).value();
  HttpServer::Tls tls;
  tls.certificate_file = folder.write("other-name.pem", identity.certificate_pem);
  tls.key_file = folder.write("other-name.key", identity.key_pem);
  port = server.listen_tcp("127.0.0.1:0", tls).value();
  const std::string ca = folder.write("ca2.pem", authority.certificate_pem);

  const Result<HttpResponse> by_address = fetch(ca, "127.0.0.1");
  const Result<HttpResponse> by_name = fetch(ca, "localhost");

  ASSERT_FALSE(by_address);
  EXPECT_NE(by_address.error().message.find("mismatch"), std::string::npos) << by_address.error().message;
  EXPECT_FALSE(by_name);
}

TEST_F(HttpClientTls, SaysWhichAuthorityFileIsMissing) {
  const Result<HttpResponse> response = fetch(folder / "none.pem", "127.0.0.1");

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::device);
  EXPECT_NE(response.error().message.find("none.pem"), std::string::npos);
}

Task<bool> fetch_many(asio::io_context& io, HttpClient& client, std::string url, int count) {
  struct Progress {
    explicit Progress(asio::io_context& context) : done(context) {}
    asio::steady_timer done;
    int right = 0;
    int finished = 0;
  };
  auto progress = std::make_shared<Progress>(io);
  struct One {
    static Task<> run(std::shared_ptr<Progress> shared, HttpClient& http, std::string address, int number) {
      HttpRequest request = get(address + std::to_string(number));
      const std::string expected = "hello /" + std::to_string(number);
      Result<HttpResponse> response = co_await http.send(std::move(request));
      shared->right += text_of(response) == expected ? 1 : 0;
      shared->finished += 1;
      shared->done.cancel();
    }
  };
  for (int i = 0; i < count; ++i) spawn(io, One::run(progress, client, url, i));
  bool more = true;
  while (more) {
    co_await wait_for(progress->done, std::chrono::milliseconds(15'000));
    more = progress->finished < count;
  }
  co_return progress->right == count;
}

TEST_F(HttpClientTls, CarriesAHundredRequestsAtOnce) {
  HttpClient client(io, ca_file);

  EXPECT_TRUE(run_task(io, fetch_many(io, client, "https://127.0.0.1:" + std::to_string(port) + "/", 100)));
}

// A server that plays a script: for each connection it reads one request per entry, writes the entry's text
// and closes after the last.
class ScriptedServer {
 public:
  explicit ScriptedServer(asio::io_context& io)
      : io_(io), acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  void play(std::vector<std::vector<std::string>> connections) { spawn(io_, run(std::move(connections))); }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }
  int connections() const { return connections_; }

 private:
  Task<> run(std::vector<std::vector<std::string>> connections) {
    for (const std::vector<std::string>& answers : connections) {
      tcp::socket socket(io_);
      error_code code;
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, code));
      ++connections_;
      for (const std::string& answer : answers) {
        std::array<char, 4096> piece{};
        const asio::mutable_buffer in(piece.data(), piece.size());
        co_await socket.async_read_some(in, asio::redirect_error(asio::use_awaitable, code));
        const asio::const_buffer out(answer.data(), answer.size());
        co_await asio::async_write(socket, out, asio::redirect_error(asio::use_awaitable, code));
      }
    }
  }

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  int connections_ = 0;
};

class HttpClientTest : public testing::Test {
 protected:
  Result<HttpResponse> send(HttpRequest request) { return run_task(io, client.send(std::move(request))); }
  Result<HttpResponse> send() { return send(get(server.url())); }

  asio::io_context io;
  ScriptedServer server{io};
  HttpClient client{io, ""};
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST_F(HttpClientTest, ReusesTheConnectionForTheNextRequest) {
  server.play({{ok, ok, ok}});

  EXPECT_EQ(text_of(send()), "ok");
  EXPECT_EQ(text_of(send()), "ok");
  EXPECT_EQ(text_of(send()), "ok");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, UsesNoConnectionThatIsOlderThanAChangeOfAddresses) {
  server.play({{ok}, {ok}});

  EXPECT_EQ(text_of(send()), "ok");
  client.forget_connections();
  EXPECT_EQ(text_of(send()), "ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientTest, RetriesOnAFreshConnectionWhenTheKeptOneWasClosed) {
  server.play({{ok}, {ok}});

  EXPECT_EQ(text_of(send()), "ok");
  EXPECT_EQ(text_of(send()), "ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientTest, ACutInTheMiddleOfABodyIsRetryLater) {
  server.play({{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"}});

  const Result<HttpResponse> response = send();

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(client.received_body_bytes(), 3u);
}

TEST_F(HttpClientTest, ACutInTheMiddleOfAHeaderIsRetryLater) {
  server.play({{"HTTP/1.1 200 OK\r\nConte"}});

  const Result<HttpResponse> response = send();

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
}

TEST_F(HttpClientTest, SilenceIsRetryLater) {
  server.play({{"", ""}});
  HttpRequest request = get(server.url());
  request.idle_limit = std::chrono::milliseconds(30);

  const Result<HttpResponse> response = send(request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
}

TEST_F(HttpClientTest, AnAnswerThatTakesTooLongInAllIsRetryLater) {
  server.play({{"", ""}});
  HttpRequest request = get(server.url());
  request.total_limit = std::chrono::milliseconds(30);

  const Result<HttpResponse> response = send(request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
  EXPECT_NE(response.error().message.find("took too long"), std::string::npos) << response.error().message;
}

TEST_F(HttpClientTest, NonsenseIsABadPeer) {
  server.play({{"SSH-2.0-OpenSSH_9.2\r\n\r\n"}});

  const Result<HttpResponse> response = send();

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::bad_peer);
}

TEST_F(HttpClientTest, ABodyLongerThanAllowedIsABadPeer) {
  server.play({{"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world"}});
  HttpRequest request = get(server.url());
  request.body_size_max = 10;

  const Result<HttpResponse> response = send(request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::bad_peer);
}

TEST_F(HttpClientTest, AChunkedBodyLongerThanAllowedIsABadPeer) {
  server.play(
      {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n"}});
  HttpRequest request = get(server.url());
  request.body_size_max = 10;

  EXPECT_EQ(send(request).error().kind, ErrorKind::bad_peer);
}

TEST_F(HttpClientTest, AHeaderWithoutEndIsABadPeer) {
  server.play({{"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x')}});

  EXPECT_EQ(send().error().kind, ErrorKind::bad_peer);
}

TEST_F(HttpClientTest, ReadsChunksAndBodiesThatEndWithTheConnection) {
  server.play({{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\nuntil the end"}});

  EXPECT_EQ(text_of(send()), "hello world");
  EXPECT_EQ(text_of(send()), "until the end");
}

const std::string elsewhere = "HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 4\r\n\r\ngone";

TEST_F(HttpClientTest, SkipsInterimAnswersAndFollowsRedirects) {
  server.play({{"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + elsewhere, ok}});

  EXPECT_EQ(text_of(send()), "ok");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, ARedirectsBodyIsNotTheContents) {
  server.play({{elsewhere, "HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\n\r\nok"}});
  std::string passed_on;
  HttpRequest request = get(server.url());
  request.on_head = [&](const HttpResponse& head) {
    if (head.status != 206) return HttpBodySink();
    return HttpBodySink([&](ByteView bytes) {
      passed_on += as_text(bytes);
      return true;
    });
  };

  ASSERT_TRUE(send(request));

  EXPECT_EQ(passed_on, "ok");
}

TEST_F(HttpClientTest, ARedirectInACircleIsABadPeer) {
  server.play({std::vector<std::string>(20, elsewhere)});

  const Result<HttpResponse> response = send();

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::bad_peer);
}

// Asks with a sink; what reached it.
struct Streamed {
  std::string text;
  int status = 0;
  std::size_t enough = 1'000'000;

  HttpRequest request(const std::string& url) {
    HttpRequest out = get(url);
    out.on_head = [this](const HttpResponse& head) {
      status = head.status;
      return [this](ByteView bytes) {
        text += as_text(bytes);
        return text.size() < enough;
      };
    };
    return out;
  }
};

TEST_F(HttpClientTest, ABodyIsPassedOnWhereverTheAnswerIsCut) {
  const std::string head = "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\n\r\n";
  const std::string answer = head + "0123456789";
  std::vector<std::vector<std::string>> connections;
  for (std::size_t length = 1; length < answer.size(); ++length)
    connections.push_back({answer.substr(0, length)});
  server.play(connections);
  for (std::size_t length = 1; length < answer.size(); ++length) {
    Streamed streamed;

    const Result<HttpResponse> response = send(streamed.request(server.url()));

    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
    EXPECT_EQ(streamed.text, length > head.size() ? answer.substr(head.size(), length - head.size()) : "");
  }
}

TEST_F(HttpClientTest, APassedOnBodyMayBeLongerThanAKeptOne) {
  server.play(
      {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n", ok}});
  Streamed streamed;
  HttpRequest request = streamed.request(server.url());
  request.body_size_max = 3;

  const Result<HttpResponse> response = send(request);

  ASSERT_TRUE(response);
  EXPECT_EQ(streamed.text, "hello world");
  EXPECT_EQ(streamed.status, 200);
  EXPECT_TRUE(response->body.empty());
  EXPECT_EQ(text_of(send()), "ok");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, WhoeverHasEnoughEndsTheAnswer) {
  server.play({{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(500, 'x')}, {ok}});
  Streamed streamed;
  streamed.enough = 1;

  const Result<HttpResponse> response = send(streamed.request(server.url()));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(text_of(send()), "ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientTest, WhoeverDoesNotWantTheBodyPassedOnFindsItInTheAnswer) {
  server.play({{"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"}});
  HttpRequest request = get(server.url());
  request.on_head = [](const HttpResponse&) { return HttpBodySink(); };

  const Result<HttpResponse> response = send(request);

  ASSERT_TRUE(response);
  EXPECT_EQ(as_text(response->body), "no");
}

TEST_F(HttpClientTest, NobodyListeningIsRetryLaterAndNamesTheHost) {
  tcp::acceptor taken(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::string port = std::to_string(taken.local_endpoint().port());
  taken.close();

  const Result<HttpResponse> response = send(get("http://127.0.0.1:" + port + "/"));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
  EXPECT_NE(response.error().message.find("127.0.0.1:" + port), std::string::npos);
}

TEST_F(HttpClientTest, AMissingUnixSocketIsRetryLater) {
  EXPECT_EQ(send(get("unix:/nonexistent/socket:/x")).error().kind, ErrorKind::retry_later);
}

TEST_F(HttpClientTest, RefusesHeadersAndMethodsThatWouldBreakTheMessage) {
  HttpRequest header = get(server.url());
  header.headers["X"] = "a\r\nY: b";
  HttpRequest method = get(server.url());
  method.method = "GET / HTTP/1.1\r\nX: y";

  EXPECT_EQ(send(header).error().kind, ErrorKind::usage);
  EXPECT_EQ(send(method).error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace dunlin
