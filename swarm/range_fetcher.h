#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>

#include "core/base/clock.h"
#include "core/base/event_loop.h"
#include "core/base/random.h"
#include "swarm/connection_count.h"
#include "swarm/http_client.h"
#include "swarm/piece_stream.h"
#include "swarm/retry_pace.h"
#include "swarm/stall_watch.h"
#include "swarm/wan_gate.h"

namespace dunlin {

// What the fetcher needs to know and where its pieces go. Called on the loop.
class RangeTarget {
 public:
  virtual ~RangeTarget() = default;
  // The next pieces to read, from now on nobody else's business; nothing when there is nothing to do now.
  virtual std::optional<FetchRun> take_run(std::uint32_t count_max) = 0;
  // This piece of a run that was taken is still worth reading.
  virtual bool wants(std::uint32_t piece) const = 0;
  // Those pieces were not fetched after all.
  virtual void give_back(FetchRun run) = 0;
  // A piece with the right hash.
  virtual void deliver(std::uint32_t piece, ByteView bytes) = 0;
  // Bytes that crossed the WAN for nothing.
  virtual void waste(std::uint64_t bytes) = 0;
  // Something a person should know: once per kind of trouble, not per attempt.
  virtual void report(const std::string& text) = 0;
};

// The leader's leg over the WAN: reads runs of pieces by HTTP ranges, as many at a time as help. Each piece
// is checked against the torrent and delivered as soon as its last byte is here; the bytes of a piece that
// was cut are kept, and the next request for it begins behind them. Keeps trying, as RetryPace says. A server
// that knows no ranges and sends everything is read from the start, what is not wanted dropped; again only as
// long as that brings something new. No request is for more than the gate holds for it.
class RangeFetcher : public std::enable_shared_from_this<RangeFetcher> {
 public:
  // `patience`: at least this long nothing may come before a connection is given up.
  RangeFetcher(EventLoop& loop, HttpClient& http, Clock& clock, Random& random,
               std::shared_ptr<const TorrentFile> torrent, std::string url,
               std::chrono::milliseconds patience, std::shared_ptr<WanGate> gate, RangeTarget& target);

  // When it becomes inactive, requests under way go on to the end of the piece that they are in.
  void set_active(bool active);
  // After this the target is never called again.
  void stop();
  // The piece came another way. How many bytes of it had crossed the WAN and are of no use now.
  std::uint64_t forget(std::uint32_t piece);

  // Bytes that are here and not delivered yet: of pieces that are not whole, or not checked.
  std::uint64_t pending() const;
  // The last attempt failed, and nothing has come since.
  bool is_in_trouble() const { return !last_trouble_.empty(); }
  // Requests are under way.
  bool is_asking() const { return !readings_.empty(); }
  // Bytes a second of one request, about.
  std::uint64_t rate() const { return rate_; }
  // How long silence has to last until it means that the way to the server is gone.
  std::chrono::milliseconds patience() const { return watch_.patience(); }

 private:
  struct Reading;  // one request
  using Answer = Result<HttpResponse>;

  Task<> work(std::shared_ptr<RangeFetcher> self);
  std::optional<FetchRun> next_run();
  // What the gate allows of `run`, as a request.
  std::shared_ptr<Reading> begin(FetchRun run);
  Task<> fetch(std::shared_ptr<RangeFetcher> self, std::shared_ptr<Reading> reading);
  HttpRequest request_for(const std::shared_ptr<Reading>& reading);
  bool accept_whole(Reading& reading, const HttpResponse& head);
  HttpBodySink accept_head(const std::shared_ptr<Reading>& reading, const HttpResponse& head);
  bool goes_on(const Reading& reading) const;
  void begin_check(const std::shared_ptr<Reading>& reading, WholePiece whole);
  bool take(const std::shared_ptr<Reading>& reading, ByteView bytes);
  Task<> check(std::shared_ptr<RangeFetcher> self, std::shared_ptr<Reading> reading,
               std::shared_ptr<const WholePiece> piece);
  void count(Reading& reading, std::uint64_t bytes);
  void conclude(Reading& reading, const Answer& answer);
  void measure(const Reading& reading);
  void fail_with(const Reading& reading, const Answer& answer);
  void wait_a_while();
  void trouble(const std::string& text);

  EventLoop& loop_;
  HttpClient& http_;
  Clock& clock_;
  Random& random_;
  std::shared_ptr<const TorrentFile> torrent_;
  std::string url_;
  std::shared_ptr<WanGate> gate_;
  RangeTarget* target_;
  bool active_ = false;
  int workers_ = 0;
  std::set<std::shared_ptr<Reading>> readings_;
  std::map<std::uint32_t, Bytes> partials_;  // first bytes of pieces that were cut
  std::uint64_t unchecked_bytes_ = 0;
  const Reading* whole_ = nullptr;  // an answer with everything, of a server that knows no ranges
  bool whole_helps_ = true;         // the last such answer brought something new
  RetryPace pace_;
  SteadyTime next_try_{};  // of any request, after a failure
  StallWatch watch_;
  ConnectionCount connections_;
  std::uint64_t rate_ = 256 * 1024;  // bytes a second of one request, smoothed
  std::string last_trouble_;
};

}  // namespace dunlin
