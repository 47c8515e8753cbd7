#include "seeder/seeder_service.h"

#include <nlohmann/json.hpp>

#include "core/base/log.h"
#include "seeder/timestamp_renewal.h"
#include "swarm/http_url.h"
#include "swarm/static_files.h"
#include "swarm/torrent_swarm.h"

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds tick_interval{1'000};
constexpr std::chrono::milliseconds renewal_retry_delay{10'000};
// Other programs change the repository too; its expiry is looked at so often.
constexpr std::chrono::hours renewal_look_interval{1};

TorrentSwarmOptions swarm_options(const SeederPaths& paths, const SeederConfig& config) {
  TorrentSwarmOptions options;
  options.device_id = "seeder";
  options.checkpoint_dir = paths.swarm();
  options.wan = WanMode::fast;
  options.listen_port = config.torrent_port;
  options.discover = false;
  options.allow_many_from_one_address = true;
  return options;
}

ServerResponse tracker_response(std::string body) {
  ServerResponse response;
  response.content_type = "text/plain";  // what clients expect of a tracker
  response.body = std::move(body);
  return response;
}

}  // namespace

SeederService::SeederService(SeederPaths paths, SeederConfig config, ServiceMachine machine, FleetStore store)
    : paths_(std::move(paths)),
      config_(std::move(config)),
      machine_(machine),
      store_(std::move(store)),
      tracker_(TrackerLimits{config_.tracker_interval, TrackerLimits{}.peers_max}, machine_.clock,
               machine_.random),
      http_(machine_.loop.io(), paths_.authority_certificate()),
      web_(machine_.loop.io(),
           [this](ServerRequest request) { return answer_web(this, std::move(request)); }),
      control_(machine_.loop.io(),
               [this](ServerRequest request) { return answer_control(this, std::move(request)); }),
      tick_(machine_.loop.io()),
      stopped_(machine_.loop.io()) {}

Result<std::unique_ptr<SeederService>> SeederService::start(SeederPaths paths, SeederConfig config,
                                                            ServiceMachine machine) {
  Result<FleetStore> store = FleetStore::open(paths.database());
  if (!store) return fail(std::move(store.error()));
  auto service =
      std::make_unique<SeederService>(std::move(paths), std::move(config), machine, std::move(*store));
  Result<void> opened = service->open_doors();
  if (!opened) return fail(std::move(opened.error()));
  return service;
}

Result<void> SeederService::open_doors() {
  Result<std::uint64_t> https = store_.counter("https_bytes");
  if (!https) return fail(std::move(https.error()));
  Result<std::uint64_t> torrent = store_.counter("torrent_bytes");
  if (!torrent) return fail(std::move(torrent.error()));
  https_bytes_before_ = *https;
  torrent_bytes_before_ = *torrent;
  saved_bytes_ = *https + *torrent;

  HttpServer::Tls tls;
  tls.certificate_file = paths_.server_certificate();
  tls.key_file = paths_.server_key();
  Result<std::uint16_t> port = web_.listen_tcp(config_.listen, tls);
  if (!port) return fail(std::move(port.error()));
  Result<void> control = control_.listen_unix(paths_.control_socket(), 0660);
  if (!control) return fail(std::move(control.error()));
  SwarmMachine swarm_machine{machine_.loop, machine_.disk, machine_.clock, machine_.random, http_};
  Result<std::unique_ptr<Swarm>> swarm = make_torrent_swarm(swarm_options(paths_, config_), swarm_machine);
  if (!swarm) return fail(std::move(swarm.error()), "BitTorrent");
  swarm_ = std::move(*swarm);
  seeds_ = std::make_unique<SeedSet>(machine_.disk, paths_, store_, tracker_, *swarm_);
  look_for_publications();
  renew_metadata();
  house_kept_ = false;
  spawn(machine_.loop.io(), keep_house());
  if (config_.torrent_port != 0) spawn(machine_.loop.io(), learn_own_address());
  log_info("serving",
           {{"url", config_.url}, {"listen", config_.listen}, {"packs", std::uint64_t{seeds_->size()}}});
  return {};
}

Task<ServerResponse> SeederService::answer_web(SeederService* self, ServerRequest request) {
  if (request.path == "/announce") co_return self->answer_announce(request);
  co_return serve_static(self->paths_.repository(), request);
}

// A tracker's refusals are answers with status 200 (BEP 3).
ServerResponse SeederService::answer_announce(const ServerRequest& request) {
  Result<AnnounceRequest> announce = parse_announce(request.raw_query, request.peer_address);
  if (!announce) return tracker_response(format_failure(announce.error().message));
  Result<AnnounceAnswer> answer = tracker_.announce(*announce);
  if (!answer) {
    look_for_publications();  // devices are often faster than our own next look
    answer = tracker_.announce(*announce);
  }
  if (!answer) return tracker_response(format_failure(answer.error().message));
  return tracker_response(format_answer(*answer));
}

Task<ServerResponse> SeederService::answer_control(SeederService* self, ServerRequest request) {
  ServerResponse response;
  if (request.path == "/metrics") {
    response.content_type = "text/plain; version=0.0.4";
    response.body = self->metrics();
    co_return response;
  }
  if (request.path != "/v1/status") {
    response.status = 404;
    co_return response;
  }
  nlohmann::json sites = nlohmann::json::object();
  for (const auto& [site, peers] : self->tracker_.peers_by_site()) sites[site] = peers;
  nlohmann::json status;
  status["https_bytes"] = self->https_bytes();
  status["torrent_bytes"] = self->torrent_bytes();
  status["seeding"] = self->seeds_->size();
  status["sites"] = sites;
  response.body = status.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  co_return response;
}

// The tracker tells clients without a site where the seeder's own peer is.
Task<> SeederService::learn_own_address() {
  Result<Url> url = parse_url(config_.url);
  if (!url) co_return;
  error_code code;
  asio::ip::tcp::resolver resolver(machine_.loop.io());
  const auto found = co_await resolver.async_resolve(url->host, std::to_string(config_.torrent_port),
                                                     asio::redirect_error(asio::use_awaitable, code));
  if (code || found.empty()) {
    log_warning("the tracker cannot name this seeder as a peer",
                {{"host", url->host}, {"error", code.message()}});
    co_return;
  }
  tracker_.set_seeder(found.begin()->endpoint());
}

Task<> SeederService::keep_house() {
  while (!stopping_) {
    co_await wait_for(tick_, tick_interval);
    if (stopping_) break;
    look_for_publications();
    renew_metadata();
    warn_of_expiry();
    save_counters();
  }
  house_kept_ = true;
  stopped_.cancel();
}

void SeederService::look_for_publications() {
  Result<std::int64_t> count = store_.publication_count();
  if (!count) {
    log_error("cannot read the database", {{"error", count.error()}});
    return;
  }
  if (*count == publications_seen_) return;
  Result<std::size_t> added = seeds_->refresh();
  if (!added) {
    log_error("cannot read the releases", {{"error", added.error()}});
    return;
  }
  publications_seen_ = *count;
  next_renewal_ = WallTime();  // a publish signs a new timestamp: ask when that one ends
  log_info("new publication", {{"packs_added", std::uint64_t{*added}}});
}

void SeederService::renew_metadata() {
  if (machine_.clock.now() < next_renewal_ || machine_.clock.steady() < renewal_retry_) return;
  Result<RenewalReport> report =
      renew_if_due(paths_, config_, machine_.disk, machine_.clock, machine_.passphrases);
  if (!report) {
    renewal_retry_ = machine_.clock.steady() + renewal_retry_delay;
    if (report.error().kind == ErrorKind::retry_later) return;
    log_error("cannot renew the timestamp; devices refuse this repository when it expires",
              {{"error", report.error()}});
    ++renewal_.renewal_failures;
    if (!renewal_failed_) note("renewal_failed", report.error().message);
    renewal_failed_ = true;
    return;
  }
  renewal_failed_ = false;
  next_renewal_ = std::min(report->next, machine_.clock.now() + renewal_look_interval);
  renewal_.versions = report->versions;
  renewal_.expiry = report->expiry;
  renewal_.is_change_waiting = report->is_change_waiting;
  if (!report->renewed) return;
  ++renewal_.renewals;
  log_info("timestamp renewed", {{"version", report->versions.timestamp}});
  note("renewed", "timestamp " + std::to_string(report->versions.timestamp));
}

void SeederService::warn_of_expiry() {
  if (renewal_.versions.root == 0) return;  // not looked at yet
  const WallTime now = machine_.clock.now();
  const std::vector<ExpiringRole> expiring = expiring_roles(renewal_.expiry, config_.lifetimes, now);
  for (const ExpiringRole& role : expiry_watch_.look(expiring, now)) {
    log_warning("metadata expires soon", {{"role", role.role}, {"what", role.advice}});
    note("expires_soon", role.advice);
  }
}

void SeederService::note(const std::string& kind, const std::string& text) {
  Result<void> added = store_.add_event({machine_.clock.now(), kind, text});
  if (!added) log_warning("cannot keep an event", {{"error", added.error()}});
}

std::string SeederService::metrics() {
  SeederMetrics metrics = renewal_;
  Result<std::vector<PublishedRelease>> releases = store_.releases();
  if (releases) metrics.releases = releases->size();
  metrics.https_bytes = https_bytes();
  metrics.torrent_bytes = torrent_bytes();
  metrics.sites = tracker_.peers_by_site();
  return to_prometheus(metrics);
}

void SeederService::save_counters() {
  const std::uint64_t total = https_bytes() + torrent_bytes();
  if (total == saved_bytes_) return;
  Result<void> saved = store_.set_counter("https_bytes", https_bytes());
  if (saved) saved = store_.set_counter("torrent_bytes", torrent_bytes());
  if (saved) {
    saved_bytes_ = total;
  } else {
    log_warning("cannot save the counters", {{"error", saved.error()}});
  }
}

Task<> SeederService::shut_down() {
  stopping_ = true;
  tick_.cancel();
  web_.close();
  control_.close();
  while (!house_kept_) {
    co_await wait_for(stopped_, tick_interval);
  }
  save_counters();
  co_await swarm_->shut_down();
  PosixDisk disk;
  Result<void> removed = disk.remove(paths_.control_socket());
  (void)removed;  // a stale socket file is replaced at the next start
}

}  // namespace dunlin
