#include "node/mirror.h"

#include "core/trust/repository_path.h"
#include "swarm/static_files.h"
#include "swarm/torrent_file.h"

namespace dunlin {

namespace {

constexpr std::uint64_t kept_manifest_size_max = 1u << 20;

// A file that is not what its name says is not served: neighbours would pass this device over.
std::optional<Bytes> read_checked(Disk& disk, const std::string& path, const Digest& wanted,
                                  std::uint64_t size_max) {
  Result<Bytes> bytes = read_file(disk, path, size_max);
  if (!bytes || sha256(*bytes) != wanted) return std::nullopt;
  return std::move(*bytes);
}

}  // namespace

HttpHandler Mirror::handler() {
  return [this](ServerRequest request) { return reply(std::move(request)); };
}

Task<ServerResponse> Mirror::reply(ServerRequest request) {
  co_return answer(request);
}

ServerResponse Mirror::answer(const ServerRequest& request) {
  std::optional<ServerResponse> refused = refuse_method(request);
  if (refused) return std::move(*refused);
  const std::string_view path = std::string_view(request.path).substr(request.path.starts_with('/') ? 1 : 0);
  std::optional<Bytes> bytes = check_repository_path(path) ? find(path) : std::nullopt;
  if (!bytes) return refusal(404, "not found\n");
  ServerResponse response;
  response.content_type = "application/octet-stream";
  response.body = as_text(*bytes);
  return response;
}

std::optional<Bytes> Mirror::find(std::string_view path) {
  std::optional<Bytes> kept = repository_.kept_file(path);
  if (kept) return kept;
  const std::optional<Digest> digest = digest_in_name(path);
  if (!digest) return std::nullopt;
  if (path == torrent_path(*digest)) return find_torrent(*digest);
  if (!path.starts_with("targets/releases/")) return std::nullopt;
  return read_checked(disk_, paths_.manifest(*digest), *digest, kept_manifest_size_max);
}

std::optional<Bytes> Mirror::find_torrent(const Digest& sha256_of_it) {
  std::optional<Bytes> fetched =
      read_checked(disk_, paths_.torrent(sha256_of_it), sha256_of_it, kept_torrent_size_max);
  if (fetched) return fetched;
  // Made here, of an image in a slot: everyone makes the same of it.
  for (const std::string& name : disk_.list(paths_.images()).value_or(std::vector<std::string>())) {
    const std::string file = paths_.images() + "/" + name;
    const auto known = image_torrents_.find(file);
    if (known != image_torrents_.end() && known->second != sha256_of_it) continue;
    std::optional<Bytes> made = published_form(file);
    if (!made) continue;
    image_torrents_[file] = sha256(*made);
    if (image_torrents_[file] == sha256_of_it) return made;
  }
  return std::nullopt;
}

std::optional<Bytes> Mirror::published_form(const std::string& file) {
  Result<Bytes> bytes = read_file(disk_, file, kept_torrent_size_max);
  Result<TorrentFile> torrent = bytes ? parse_torrent(*bytes) : fail(bytes.error());
  if (!torrent) return std::nullopt;
  torrent->trackers = {tracker_url_};
  return encode_torrent(*torrent);
}

Result<std::uint16_t> listen_for_neighbours(HttpServer& server, std::uint16_t port) {
  Result<std::uint16_t> both = server.listen_tcp("[::]:" + std::to_string(port), std::nullopt);
  if (both) return both;
  return server.listen_tcp("0.0.0.0:" + std::to_string(port), std::nullopt);
}

}  // namespace dunlin
