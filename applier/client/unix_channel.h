#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "core/base/bytes.h"

namespace dunlin {

// Owns one open file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  // Gives the ownership away.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// Cuts a byte stream into messages: u32 length (little-endian), then that many bytes. Bounded by the
// protocol's largest message; memory grows with what arrived, not with what a length claims.
class FrameBuffer {
 public:
  // bad_peer when a length is zero or above the limit; the stream is then unusable.
  Result<void> add(ByteView bytes);
  // The next whole message, if there is one.
  std::optional<std::string> next();
  // next() would give one.
  bool has_next() const;

 private:
  Result<void> check_length() const;
  std::string pending_;
};

struct ChannelMessage {
  std::string text;
  Descriptor descriptor;  // what came with it, or none
};

// One end of a Unix stream socket that carries messages and, with a message, at most one descriptor
// (SCM_RIGHTS). A descriptor nobody asked for is closed. Every wait has a limit; one thread at a time.
class UnixChannel {
 public:
  explicit UnixChannel(Descriptor socket) : socket_(std::move(socket)) {}

  // retry_later when nobody listens there (yet), device when the path is refused.
  static Result<UnixChannel> connect(const std::string& path);

  // Sends the whole message or fails with retry_later; the channel is unusable after a failure.
  Result<void> send(std::string_view text, int descriptor, std::chrono::milliseconds limit);
  // Waits for one whole message. retry_later: the limit passed or the other side closed.
  Result<ChannelMessage> receive(std::chrono::milliseconds limit);

  // Reads what is there without waiting (for a loop that polls descriptor()). False: the other side closed.
  Result<bool> read_available();
  // The next message that read_available() completed.
  std::optional<ChannelMessage> next();
  // next() would give one.
  bool has_next() const { return frames_.has_next(); }

  int descriptor() const { return socket_.number(); }

 private:
  Descriptor socket_;
  FrameBuffer frames_;
  Descriptor received_;
};

// The number of the group that `socket_group` names. usage: it does not exist here.
Result<gid_t> socket_group_number(const std::string& group);

// Makes a listening socket at `path` (an old one is replaced) with this mode and, when not empty, this group.
Result<Descriptor> listen_unix(const std::string& path, unsigned mode, const std::string& group);

}  // namespace dunlin
