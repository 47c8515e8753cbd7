#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/event_loop.h"
#include "swarm/block_store.h"
#include "swarm/piece_set.h"
#include "swarm/torrent_file.h"

namespace dunlin {

// What one torrent's peers did so far, from libtorrent's books.
struct PeerTraffic {
  std::uint64_t uploaded = 0;                  // payload bytes to all peers
  std::uint64_t wasted = 0;                    // payload bytes that failed their hash or came twice
  std::multiset<asio::ip::address> connected;  // one entry per connection
  bool interest = false;                       // over some of them one side wants what the other has
  std::map<asio::ip::address, std::uint64_t> downloaded;  // payload bytes by address, of present connections
};

// What a session tells its owner, on the loop. `key` is the one given to add().
class TorrentEvents {
 public:
  virtual ~TorrentEvents() = default;
  virtual void torrent_ready(std::uint32_t key) = 0;
  virtual void piece_verified(std::uint32_t key, std::uint32_t piece) = 0;
  virtual void torrent_failed(std::uint32_t key, const Error& error) = 0;
  virtual void peer_banned(std::uint32_t key, const asio::ip::address& peer) = 0;
};

struct TorrentSessionOptions {
  std::string bind_address;  // empty: every interface
  std::uint16_t listen_port = 0;
  std::uint64_t upload_rate_max = 0;  // bytes a second; 0: no limit
  bool allow_many_from_one_address = false;
};

struct TorrentStart {
  std::uint32_t key = 0;
  std::shared_ptr<BlockStore> store;
  PieceSet have;
  PieceSet wanted;  // the others are never asked for
  bool sequential = true;
};

// One libtorrent session on the loop's thread. The only file that knows libtorrent's settings, alerts and
// handles. `events` outlives it. Nothing blocks; nothing may be called from another thread.
class TorrentSession {
 public:
  TorrentSession(TorrentSessionOptions options, EventLoop& loop, TorrentEvents& events);
  ~TorrentSession();

  void add(const TorrentFile& torrent, TorrentStart start);
  void remove(std::uint32_t key);
  void pause(std::uint32_t key);
  // Changes which pieces are asked for; those under way may still come.
  void want(std::uint32_t key, const PieceSet& wanted);
  // Unknown keys and torrents that are not ready are ignored: callers repeat.
  void connect(std::uint32_t key, const asio::ip::tcp::endpoint& peer);
  // Forgets every peer and its failures, then connects to `peers`.
  void reconnect(std::uint32_t key, const std::vector<asio::ip::tcp::endpoint>& peers);
  // Hands over a piece that came another way. `bytes` is the piece's content, already checked.
  void add_piece(std::uint32_t key, std::uint32_t piece, ByteView bytes);
  // How many connected peers have each piece, those at addresses of `without` left out; empty when unknown.
  std::vector<int> availability(std::uint32_t key, const std::set<asio::ip::address>& without) const;
  // Pieces that libtorrent has and has verified; empty when unknown.
  std::vector<bool> pieces(std::uint32_t key) const;
  PeerTraffic traffic(std::uint32_t key) const;
  // Syncs the torrent's store after all writes so far; calls `done` on the loop.
  void sync(std::uint32_t key, std::function<void(Result<void>)> done);
  // Closes every connection with this address; it may call again.
  void hang_up(const asio::ip::address& peer);
  // Neither connects to nor accepts this address any more.
  void ban(const asio::ip::address& peer);
  // About every second.
  void tick();
  // Listens on interfaces that came up: libtorrent looks at them once only.
  void interfaces_changed();
  // 0 until the session listens.
  std::uint16_t port() const;
  // Closes the session; resumes when libtorrent is gone, at most after five seconds.
  Task<> close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace dunlin
