#pragma once
// The far end of the WAN: a file server on loopback that sends while it goes, counts what it sends, and is
// slow, down, silent, cut or lying as told.
#include <cstdio>
#include <set>

#include <boost/asio/write.hpp>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/base/event_loop.h"
#include "swarm/torrent_file.h"

namespace dunlin {

class LabSeeder {
 public:
  LabSeeder(EventLoop& loop, Bytes given)
      : content(std::move(given)),
        io_(loop.io()),
        acceptor_(io_, asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
    spawn(io_, accept_all(is_there_));
  }
  ~LabSeeder() {
    *is_there_ = false;  // the loop runs on while devices close
    error_code ignored;
    acceptor_.close(ignored);
    cut();
  }
  LabSeeder(const LabSeeder&) = delete;
  LabSeeder& operator=(const LabSeeder&) = delete;

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/packs/content.pack";
  }
  // Every connection breaks now.
  void cut() {
    error_code ignored;
    for (asio::ip::tcp::socket* socket : sockets_) socket->close(ignored);
  }

  Bytes content;
  std::uint64_t rate = 0;       // bytes a second over all connections; 0: at once
  bool down = false;            // answers 503
  bool silent = false;          // sends nothing, answers nothing, breaks nothing
  bool lie = false;             // one wrong byte in each piece of 64 KiB
  bool whole = false;           // does not know ranges: always sends everything
  std::uint64_t shift = 0;      // sends other bytes than it is asked for, this far from them, and says so
  std::string down_header;      // a line of the 503, with its line end
  std::uint64_t cut_after = 0;  // bytes of bodies after which a connection breaks; 0: never
  std::uint64_t sent = 0;       // bytes of bodies, as given to the kernel
  std::vector<std::uint64_t> asked;  // where each request began
  std::vector<SteadyTime> asked_at;

 private:
  using Socket = asio::ip::tcp::socket;
  using Flag = std::shared_ptr<bool>;

  Task<> accept_all(Flag is_there) {
    while (*is_there) {
      auto socket = std::make_shared<Socket>(io_);
      error_code code;
      co_await acceptor_.async_accept(*socket, asio::redirect_error(asio::use_awaitable, code));
      if (code || !*is_there) co_return;
      spawn(io_, serve(is_there, socket));
    }
  }

  Task<> serve(Flag is_there, std::shared_ptr<Socket> socket) {
    sockets_.insert(socket.get());
    std::uint64_t sent_here = 0;
    bool open = true;
    while (open && *is_there) {
      std::string head;
      co_await read_head(*socket, head);
      if (head.empty() || !*is_there) break;
      co_await hold(is_there);
      if (!*is_there) break;
      open = false;
      co_await answer(is_there, *socket, head, sent_here, open);
    }
    if (*is_there) sockets_.erase(socket.get());
  }

  static Task<> read_head(Socket& socket, std::string& head) {
    while (head.find("\r\n\r\n") == std::string::npos) {
      std::array<char, 2048> part{};
      error_code code;
      const asio::mutable_buffer buffer(part.data(), part.size());
      const std::size_t count =
          co_await socket.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, code));
      if (code) head.clear();
      if (code) co_return;
      head.append(part.data(), count);
    }
  }

  // While the seeder is silent.
  Task<> hold(Flag is_there) {
    asio::steady_timer timer(io_);
    while (*is_there && silent) {
      co_await wait_for(timer, std::chrono::milliseconds(10));
    }
  }

  Task<> write(Socket& socket, std::string text, bool& done) {
    error_code code;
    const asio::const_buffer buffer(text.data(), text.size());
    co_await asio::async_write(socket, buffer, asio::redirect_error(asio::use_awaitable, code));
    done = !code;
  }

  Task<> answer(Flag is_there, Socket& socket, std::string head, std::uint64_t& sent_here, bool& open) {
    std::uint64_t first = 0;
    std::uint64_t last = content.size() - 1;
    const std::size_t at = head.find("Range: bytes=");
    const bool ranged = at != std::string::npos &&
                        std::sscanf(head.c_str() + at, "Range: bytes=%lu-%lu", &first, &last) == 2 && !whole;
    first += shift;
    if (whole) first = 0;
    if (whole) last = content.size() - 1;
    last = std::min<std::uint64_t>(last + shift, content.size() - 1);
    asked.push_back(first);
    asked_at.push_back(SystemClock().steady());
    if (down) {
      co_await write(socket, "HTTP/1.1 503 Down\r\n" + down_header + "Content-Length: 0\r\n\r\n", open);
      co_return;
    }
    std::string reply = ranged ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " +
                                     std::to_string(first) + "-" + std::to_string(last) + "/" +
                                     std::to_string(content.size()) + "\r\n"
                               : "HTTP/1.1 200 OK\r\n";
    reply += "Content-Length: " + std::to_string(last - first + 1) + "\r\n\r\n";
    co_await write(socket, reply, open);
    for (std::uint64_t from = first; from <= last && open && *is_there;) {
      std::uint64_t count = std::min<std::uint64_t>(last - from + 1, 4096);
      if (cut_after > 0) count = std::min(count, cut_after - std::min(cut_after, sent_here));
      if (count == 0) {
        open = false;
        error_code ignored;
        socket.close(ignored);
        co_return;
      }
      co_await pace(count);
      if (!*is_there) co_return;
      co_await hold(is_there);
      if (!*is_there) co_return;
      co_await write(socket, part(from, count), open);
      if (!*is_there) co_return;
      from += count;
      sent_here += count;
      sent += count;
    }
  }

  Task<> pace(std::uint64_t count) {
    if (rate == 0) co_return;
    const SteadyTime now = SystemClock().steady();
    free_us_ = std::max<std::int64_t>(free_us_, now.time_since_epoch().count() * 1000);
    free_us_ += static_cast<std::int64_t>(count * 1'000'000 / rate);
    const std::chrono::milliseconds delay(free_us_ / 1000 - now.time_since_epoch().count());
    asio::steady_timer timer(io_);
    co_await wait_for(timer, delay);
  }

  std::string part(std::uint64_t from, std::uint64_t count) const {
    std::string text(as_text(ByteView(content).subspan(from, count)));
    if (!lie) return text;
    for (std::uint64_t i = 0; i < count; ++i) {
      if ((from + i) % 65'536 == 100) text[i] = static_cast<char>(text[i] ^ 1);
    }
    return text;
  }

  asio::io_context& io_;
  asio::ip::tcp::acceptor acceptor_;
  std::set<Socket*> sockets_;
  std::int64_t free_us_ = 0;
  Flag is_there_ = std::make_shared<bool>(true);
};

}  // namespace dunlin
