#pragma once
#include "core/base/event_loop.h"
#include "core/base/random.h"
#include "core/trust/passphrases.h"
#include "seeder/expiry_watch.h"
#include "seeder/seed_set.h"
#include "seeder/seeder_config.h"
#include "seeder/seeder_metrics.h"
#include "swarm/http_client.h"
#include "swarm/http_server.h"

namespace dunlin {

struct ServiceMachine {
  EventLoop& loop;
  Disk& disk;
  Clock& clock;
  Random& random;
  Passphrases& passphrases;
};

// What `serve` runs: the repository over HTTPS, the tracker at /announce, a BitTorrent seed for every pack,
// timestamp renewal, and a Unix socket that tells `status` what is going on. Publications made while it runs
// are picked up within a second or two. On the loop's thread.
class SeederService {
 public:
  static Result<std::unique_ptr<SeederService>> start(SeederPaths paths, SeederConfig config,
                                                      ServiceMachine machine);
  SeederService(SeederPaths paths, SeederConfig config, ServiceMachine machine, FleetStore store);

  // Closes every connection, saves the counters, and resumes when nothing of it is left on the loop.
  Task<> shut_down();

 private:
  Result<void> open_doors();
  static Task<ServerResponse> answer_web(SeederService* self, ServerRequest request);
  static Task<ServerResponse> answer_control(SeederService* self, ServerRequest request);
  ServerResponse answer_announce(const ServerRequest& request);
  Task<> keep_house();
  Task<> learn_own_address();
  void look_for_publications();
  void renew_metadata();
  void warn_of_expiry();
  void note(const std::string& kind, const std::string& text);
  std::string metrics();
  void save_counters();
  std::uint64_t https_bytes() const { return https_bytes_before_ + web_.sent_file_bytes(); }
  std::uint64_t torrent_bytes() const { return torrent_bytes_before_ + seeds_->uploaded_bytes(); }

  SeederPaths paths_;
  SeederConfig config_;
  ServiceMachine machine_;
  FleetStore store_;
  Tracker tracker_;
  HttpClient http_;
  HttpServer web_;
  HttpServer control_;
  std::unique_ptr<Swarm> swarm_;
  std::unique_ptr<SeedSet> seeds_;
  asio::steady_timer tick_;
  asio::steady_timer stopped_;
  bool stopping_ = false;
  bool house_kept_ = true;  // keep_house() is not running
  std::int64_t publications_seen_ = 0;
  WallTime next_renewal_;
  SteadyTime renewal_retry_;
  SeederMetrics renewal_;  // what the last look at the repository found
  bool renewal_failed_ = false;
  ExpiryWatch expiry_watch_;
  std::uint64_t https_bytes_before_ = 0;  // of earlier runs
  std::uint64_t torrent_bytes_before_ = 0;
  std::uint64_t saved_bytes_ = 0;
};

}  // namespace dunlin
