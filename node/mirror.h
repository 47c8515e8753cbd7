#pragma once
#include "core/base/disk.h"
#include "node/node_paths.h"
#include "node/repository.h"
#include "swarm/http_server.h"

namespace dunlin {

// What this device verified and keeps of the repository, for its neighbours: metadata, manifests and torrents
// at the repository's own paths, and nothing else. It serves plain HTTP: who asks verifies all of it as if
// the repository had sent it (docs/mirror.md).
class Mirror {
 public:
  static constexpr HttpServerLimits limits{64, std::chrono::milliseconds(5'000), 0};

  // All of it outlives the server that uses the handler. `tracker_url` is what published torrents name.
  Mirror(const Repository& repository, Disk& disk, const NodePaths& paths, std::string tracker_url)
      : repository_(repository), disk_(disk), paths_(paths), tracker_url_(std::move(tracker_url)) {}

  HttpHandler handler();
  // GET and HEAD only; 404 for whatever is not here.
  ServerResponse answer(const ServerRequest& request);

 private:
  Task<ServerResponse> reply(ServerRequest request);
  std::optional<Bytes> find(std::string_view path);
  std::optional<Bytes> find_torrent(const Digest& sha256);
  // The torrent that this device made of an image, as it is published.
  std::optional<Bytes> published_form(const std::string& file);

  const Repository& repository_;
  Disk& disk_;
  const NodePaths& paths_;
  std::string tracker_url_;
  std::map<std::string, Digest> image_torrents_;  // SHA-256 of their published form, by file
};

// On every interface, over IPv6 too where the machine has it. Port 0 takes any; returns the port.
Result<std::uint16_t> listen_for_neighbours(HttpServer& server, std::uint16_t port);

}  // namespace dunlin
