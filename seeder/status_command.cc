#include <cstdio>
#include <filesystem>

#include "core/base/event_loop.h"
#include "seeder/commands.h"
#include "seeder/seeder_paths.h"
#include "seeder/status_report.h"
#include "swarm/http_client.h"

namespace dunlin {

namespace {

Task<> ask(HttpClient& client, std::string url, std::optional<LiveStatus>& live) {
  HttpRequest request;
  request.url = std::move(url);
  Result<HttpResponse> response = co_await client.send(std::move(request));
  if (response && response->status == 200) live = parse_live_status(as_text(response->body));
}

// Nothing when no server runs: a missing socket is an answer too.
std::optional<LiveStatus> ask_server(const SeederPaths& paths) {
  asio::io_context io;
  HttpClient client(io, "");
  std::optional<LiveStatus> live;
  spawn(io, ask(client, "unix:" + std::filesystem::absolute(paths.control_socket()).string() + ":/v1/status",
                live));
  io.run();
  return live;
}

Result<StatusReport> gather(const std::string& directory, SeederMachine machine) {
  StatusReport report;
  Result<SeederConfig> config = load_config(directory, machine.disk);
  if (!config) return fail(std::move(config.error()));
  report.config = *config;
  const SeederPaths paths(directory);
  Result<RepositorySigner> signer =
      RepositorySigner::load(machine.disk, paths.keys(), paths.repository(), config->lifetimes);
  if (!signer) return fail(std::move(signer.error()));
  report.versions = signer->versions();
  report.expiry = signer->expiry();
  Result<FleetStore> store = FleetStore::open(paths.database());
  if (!store) return fail(std::move(store.error()));
  Result<std::vector<PublishedRelease>> releases = store->releases();
  if (!releases) return fail(std::move(releases.error()));
  report.releases = std::move(*releases);
  Result<std::vector<SeederEvent>> events = store->events(10);
  if (!events) return fail(std::move(events.error()));
  report.events = std::move(*events);
  Result<std::uint64_t> https = store->counter("https_bytes");
  if (!https) return fail(std::move(https.error()));
  Result<std::uint64_t> torrent = store->counter("torrent_bytes");
  if (!torrent) return fail(std::move(torrent.error()));
  report.live = ask_server(paths);
  report.https_bytes = report.live ? report.live->https_bytes : *https;
  report.torrent_bytes = report.live ? report.live->torrent_bytes : *torrent;
  return report;
}

}  // namespace

int run_status(const std::string& directory, StatusForm form, SeederMachine machine) {
  Result<StatusReport> report = gather(directory, machine);
  if (!report) return report_failure(report.error());
  const std::string text =
      form == StatusForm::json ? to_json(*report) + "\n" : to_text(*report, machine.clock.now());
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace dunlin
