#pragma once
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/event_loop.h"
#include "core/base/random.h"
#include "swarm/fetch_run.h"
#include "swarm/http_client.h"
#include "swarm/torrent_file.h"

namespace dunlin {

// What the fetcher needs to know and where its pieces go. Called on the loop.
class RangeTarget {
 public:
  virtual ~RangeTarget() = default;
  // The next pieces to read, from now on nobody else's business; nothing when there is nothing to do now.
  virtual std::optional<FetchRun> take_run(std::uint32_t count_max) = 0;
  // Those pieces were not fetched after all.
  virtual void give_back(FetchRun run) = 0;
  // A piece with the right hash.
  virtual void deliver(std::uint32_t piece, ByteView bytes) = 0;
  // Bytes that crossed the WAN for nothing.
  virtual void waste(std::uint64_t bytes) = 0;
  // Something a person should know: once per kind of trouble, not per attempt.
  virtual void report(const std::string& text) = 0;
};

// The leader's leg over the WAN: reads runs of pieces by HTTP ranges, two requests at a time, checks every
// piece against the torrent, and keeps trying: a quarter of a second after the first failure, at most eight
// seconds (with jitter) after many.
class RangeFetcher : public std::enable_shared_from_this<RangeFetcher> {
 public:
  RangeFetcher(EventLoop& loop, HttpClient& http, Clock& clock, Random& random,
               std::shared_ptr<const TorrentFile> torrent, std::string url, RangeTarget& target);

  // Requests under way are finished in either case: their bytes have been paid for.
  void set_active(bool active);
  // After this the target is never called again.
  void stop();

  // Bytes that came so far, also of answers that are not complete: a sign of life on thin links.
  std::uint64_t received() const { return received_; }

 private:
  static constexpr int workers_max = 2;

  Task<> work(std::shared_ptr<RangeFetcher> self);
  Task<> fetch(std::shared_ptr<RangeFetcher> self, FetchRun run);
  Task<> accept(std::shared_ptr<RangeFetcher> self, FetchRun run,
                std::shared_ptr<const HttpResponse> response);
  void trouble(const std::string& text);
  std::chrono::milliseconds retry_delay();
  std::uint64_t length_of(FetchRun run) const;

  EventLoop& loop_;
  HttpClient& http_;
  Clock& clock_;
  Random& random_;
  std::shared_ptr<const TorrentFile> torrent_;
  std::string url_;
  RangeTarget* target_;
  bool active_ = false;
  int workers_ = 0;
  std::uint64_t received_ = 0;
  int failures_ = 0;                 // in a row
  std::uint64_t rate_ = 256 * 1024;  // bytes a second of one request, smoothed
  std::string last_trouble_;
};

}  // namespace dunlin
