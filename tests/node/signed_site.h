#pragma once
#include "core/trust/repository_path.h"
#include "core/trust/repository_signer.h"
#include "node/mirror.h"
#include "node/repository_client.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_swarm.h"
#include "tests/fakes/fake_wan_gate.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

// One pack that nobody fetches.
inline Manifest small_manifest(const std::string& version) {
  Manifest manifest;
  manifest.product = "edge";
  manifest.version = version;
  ImageEntry image;
  image.name = "rootfs";
  image.size = 1'000;
  image.id = sha256(as_bytes(version));
  const Digest pack = sha256(as_bytes("pack " + version));
  const Digest torrent = sha256(as_bytes("torrent"));
  image.packs.push_back({{pack_path(pack), 500, pack}, {torrent_path(torrent), 7, torrent}, std::nullopt});
  manifest.images.push_back(std::move(image));
  return manifest;
}

// A real signed repository in memory, by path.
class SignedFiles {
 public:
  explicit SignedFiles(FakeClock& clock)
      : clock_(clock), signer_(std::move(*RepositorySigner::create(RoleLifetimes(), clock.now()))) {}

  void publish(const Manifest& manifest) {
    Result<RepositoryFile> added = signer_.add_release(manifest);
    ASSERT_TRUE(added) << added.error().message;
    keep(signer_.sign_all(clock_.now()));
  }
  void keep(const Result<std::vector<RepositoryOutput>>& outputs) {
    ASSERT_TRUE(outputs) << outputs.error().message;
    for (const RepositoryOutput& output : *outputs) files[output.path] = output.bytes;
  }
  RepositorySigner& signer() { return signer_; }

  std::map<std::string, std::string> files;

 private:
  FakeClock& clock_;
  RepositorySigner signer_;
};

// Serves files over HTTP on loopback, and remembers who asked for what.
class FileServer {
 public:
  FileServer(asio::io_context& io, std::map<std::string, std::string> given)
      : files(std::move(given)),
        server_(io, [this](ServerRequest request) { return serve(std::move(request)); }) {
    port = server_.listen_tcp("0.0.0.0:0", std::nullopt).value_or(0);
  }
  void close() { server_.close(); }

  std::map<std::string, std::string> files;
  std::vector<std::string> asked;
  bool broken = false;  // answers 503
  std::uint16_t port = 0;

 private:
  Task<ServerResponse> serve(ServerRequest request) {
    ServerResponse response;
    const std::string path = request.path.substr(1);
    asked.push_back(path);
    const auto file = files.find(path);
    response.status = broken ? 503 : file == files.end() ? 404 : 200;
    if (response.status == 200) response.body = file->second;
    co_return response;
  }

  HttpServer server_;
};

// One device's client, with everything it needs; beacons are the test's.
class ClientBench {
 public:
  ClientBench(asio::io_context& io, FakeClock& clock, std::string url, const std::string& first_root)
      : io_(io), clock_(clock), url_(std::move(url)) {
    options.root_metadata = "/etc/root.json";
    options.device_id = "m";
    disk.put("/etc/root.json", first_root);
    restart();
  }

  // Forgets what is not kept over a restart.
  void restart() {
    client.emplace(RepositoryPlaces(http_, lan_http_, url_, gate), MetadataStore(disk, "/data/metadata"),
                   options, RepositoryClientMachine{store_, journal_, swarm_, clock_});
  }
  Result<std::optional<ReleaseOffer>> newest() {
    Result<std::optional<ReleaseOffer>> offer;
    run(ask(offer));
    return offer;
  }
  Result<Bytes> fetch(RepositoryFile file) {
    Result<Bytes> bytes;
    run(ask_file(std::move(file), bytes));
    return bytes;
  }
  std::string complaint() {
    Result<std::optional<ReleaseOffer>> offer = newest();
    return offer ? "accepted" : offer.error().message;
  }
  // The newest event of that kind; empty when there is none.
  std::string event(const std::string& kind) {
    std::string text;
    for (const NodeEvent& each : store_.events(0, 1'000).value_or(std::vector<NodeEvent>()))
      if (each.kind == kind) text = each.text;
    return text;
  }

  RepositoryClientOptions options;
  FakeDisk disk;
  SwarmWorld beacons;
  FakeWanGate gate;
  std::optional<RepositoryClient> client;

 private:
  Task<> ask(Result<std::optional<ReleaseOffer>>& out) {
    auto offer = co_await client->newest("edge", "pc");
    out = std::move(offer);
    io_.stop();
  }
  Task<> ask_file(RepositoryFile file, Result<Bytes>& out) {
    auto bytes = co_await client->fetch(std::move(file), Digest());
    out = std::move(bytes);
    io_.stop();
  }
  void run(Task<> task) {
    io_.restart();
    spawn(io_, std::move(task));
    io_.run();
  }
  NodeStore open_store() {
    std::string damage;
    return std::move(*NodeStore::open(store_disk_, folder_.path() + "/node.db", &damage));
  }

  asio::io_context& io_;
  FakeClock& clock_;
  std::string url_;
  TemporaryFolder folder_;
  PosixDisk store_disk_;
  NodeStore store_ = open_store();
  Journal journal_{store_, clock_};
  Fuse fuse_{io_};
  FakeSwarm swarm_{beacons, disk, fuse_};
  HttpClient http_{io_, {}};
  HttpClient lan_http_{io_, {}};
};

}  // namespace dunlin
