// The client behind a proxy: a real one on loopback that forwards to a real server, and ones that refuse.
#include <boost/asio/write.hpp>

#include "core/base/tls.h"
#include "tests/fakes/http_fixture.h"

namespace dunlin {
namespace {

using asio::ip::tcp;

// Answers every request with the same text after it has read its head. For CONNECT with a 200 it forwards
// bytes to `port` of this machine, whatever place was named.
class LabProxy {
 public:
  LabProxy(asio::io_context& io, std::string answer, std::uint16_t port)
      : io_(io),
        acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        answer_(std::move(answer)),
        port_(port) {
    spawn(io, accept());
  }
  Url url() const {
    return parse_url("http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port())).value();
  }
  const std::string& head() const { return head_; }

 private:
  using Socket = std::shared_ptr<tcp::socket>;

  Task<> accept() {
    auto client = std::make_shared<tcp::socket>(io_);
    error_code code;
    co_await acceptor_.async_accept(*client, asio::redirect_error(asio::use_awaitable, code));
    while (!code && head_.find("\r\n\r\n") == std::string::npos) {
      std::array<char, 1024> part{};
      const asio::mutable_buffer in(part.data(), part.size());
      const std::size_t count =
          co_await client->async_read_some(in, asio::redirect_error(asio::use_awaitable, code));
      head_.append(part.data(), count);
    }
    const asio::const_buffer out(answer_.data(), answer_.size());
    co_await asio::async_write(*client, out, asio::redirect_error(asio::use_awaitable, code));
    if (!head_.starts_with("CONNECT")) co_return;
    auto server = std::make_shared<tcp::socket>(io_);
    const tcp::endpoint there(asio::ip::address_v4::loopback(), port_);
    co_await server->async_connect(there, asio::redirect_error(asio::use_awaitable, code));
    spawn(io_, forward(client, server));
    spawn(io_, forward(server, client));
  }

  static Task<> forward(Socket from, Socket to) {
    error_code code;
    std::array<char, 4096> part{};
    while (!code) {
      const asio::mutable_buffer in(part.data(), part.size());
      const std::size_t count =
          co_await from->async_read_some(in, asio::redirect_error(asio::use_awaitable, code));
      if (code) break;
      const asio::const_buffer out(part.data(), count);
      co_await asio::async_write(*to, out, asio::redirect_error(asio::use_awaitable, code));
    }
    error_code ignored;
    to->close(ignored);
  }

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  std::string answer_;
  std::uint16_t port_;
  std::string head_;
};

Task<ServerResponse> greet_proxied(ServerRequest request) {
  ServerResponse response;
  response.body = "hello " + request.path;
  co_return response;
}

struct HttpProxied : testing::Test {
  HttpProxied() {
    const WallTime year_2100(std::chrono::seconds(4'102'444'800));
    const TlsIdentity authority = make_certificate_authority("test CA", year_2100).value();
    const TlsIdentity identity = make_server_certificate(authority, {"far.example"}, year_2100).value();
    ca_file = folder.write("ca.pem", authority.certificate_pem);
    HttpServer::Tls tls;
    tls.certificate_file = folder.write("server.pem", identity.certificate_pem);
    tls.key_file = folder.write("server.key", identity.key_pem);
    port = server.listen_tcp("127.0.0.1:0", tls).value();
  }

  Result<HttpResponse> fetch(const LabProxy& proxy, const std::string& url) {
    HttpProxies proxies;
    proxies.http = proxies.https = proxy.url();
    HttpClient client(io, ca_file, proxies);
    return run_task(io, client.send(get(url)));
  }

  TemporaryFolder folder;
  asio::io_context io;
  HttpServer server{io, greet_proxied};
  std::string ca_file;
  std::uint16_t port = 0;
};

TEST_F(HttpProxied, AnEncryptedConnectionGoesThroughATunnelAndTheServerIsStillChecked) {
  LabProxy proxy(io, "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n", port);
  LabProxy again(io, "HTTP/1.0 200 OK\r\n\r\n", port);

  EXPECT_EQ(text_of(fetch(proxy, "https://far.example/x")), "hello /x");
  EXPECT_TRUE(proxy.head().starts_with("CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n"))
      << proxy.head();
  EXPECT_FALSE(fetch(again, "https://other.example/x"));
}

TEST_F(HttpProxied, APlainRequestNamesTheWholeUrl) {
  LabProxy proxy(io, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", port);

  EXPECT_EQ(text_of(fetch(proxy, "http://far.example/x?y")), "ok");
  EXPECT_TRUE(proxy.head().starts_with("GET http://far.example:80/x?y HTTP/1.1\r\n")) << proxy.head();
}

TEST_F(HttpProxied, AProxyThatRefusesIsNamedWithItsAnswer) {
  LabProxy proxy(io, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", port);

  const Result<HttpResponse> response = fetch(proxy, "https://far.example/x");

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
  EXPECT_NE(response.error().message.find("proxy " + proxy.url().authority()), std::string::npos);
  EXPECT_NE(response.error().message.find("407"), std::string::npos) << response.error().message;
}

TEST_F(HttpProxied, AProxyThatSpeaksSomethingElseIsNoWay) {
  for (const char* text : {"SSH-2.0-x\r\n\r\n", "HTTP/1.1\r\n\r\n"}) {
    LabProxy proxy(io, text, port);
    EXPECT_FALSE(fetch(proxy, "https://far.example/x")) << text;
  }
}

}  // namespace
}  // namespace dunlin
