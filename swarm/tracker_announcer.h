#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/event_loop.h"
#include "core/base/random.h"
#include "swarm/announce_schedule.h"
#include "swarm/http_client.h"
#include "swarm/tracker_client.h"
#include "swarm/wan_gate.h"

namespace dunlin {

// Whose torrents are announced. `torrent` is the key given to TrackerAnnouncer::add().
class Announced {
 public:
  virtual ~Announced() = default;
  // nullopt: not now (no peer listens yet).
  virtual std::optional<TrackerAnnounce> announcement(std::uint32_t torrent) const = 0;
  // What the tracker says about its other peers.
  virtual void introduced(std::uint32_t torrent, std::vector<asio::ip::tcp::endpoint> peers) = 0;
};

// Asks the tracker about each torrent as often as it wants to be asked: one request after the other, so over
// one connection. On the loop only.
class TrackerAnnouncer final : public std::enable_shared_from_this<TrackerAnnouncer> {
 public:
  // All outlive it or the run of the loop; `announced` until close().
  TrackerAnnouncer(EventLoop& loop, const Clock& clock, Random& random, HttpClient& http,
                   std::shared_ptr<WanGate> gate, Announced& announced)
      : clock_(clock),
        random_(random),
        http_(http),
        gate_(std::move(gate)),
        announced_(announced),
        io_(loop.io()),
        timer_(io_) {}

  void start();
  void add(std::uint32_t torrent);
  void remove(std::uint32_t torrent) { schedule_.remove(torrent); }
  // Neighbours are needed again, or our own address changed.
  void hurry(std::uint32_t torrent);
  void hurry_all();
  // Never calls out again.
  void close();

 private:
  Task<> run(std::shared_ptr<TrackerAnnouncer> self);
  Task<Result<HttpResponse>> ask(TrackerAnnounce announce);
  void take(std::uint32_t torrent, const TrackerAnnounce& asked, const Result<HttpResponse>& response);

  const Clock& clock_;
  Random& random_;
  HttpClient& http_;
  std::shared_ptr<WanGate> gate_;
  Announced& announced_;
  asio::io_context& io_;
  asio::steady_timer timer_;
  AnnounceSchedule schedule_;
  bool closed_ = false;
};

}  // namespace dunlin
