#include "swarm/static_files.h"

#include "core/base/disk.h"

namespace dunlin {

namespace {

constexpr std::uint64_t etag_size_max = 256 * 1024;

bool is_safe_part(std::string_view part) {
  const auto is_control = [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '\\';
  };
  return !part.empty() && part.front() != '.' && std::none_of(part.begin(), part.end(), is_control);
}

std::string content_type_of(std::string_view path) {
  if (path.ends_with(".json")) return "application/json";
  if (path.ends_with(".torrent")) return "application/x-bittorrent";
  return "application/octet-stream";
}

}  // namespace

ServerResponse refusal(int status, std::string words) {
  ServerResponse response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(words);
  return response;
}

std::optional<ServerResponse> refuse_method(const ServerRequest& request) {
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  ServerResponse response = refusal(405, "only GET and HEAD work here\n");
  response.headers["Allow"] = "GET, HEAD";
  return response;
}

std::optional<Digest> digest_in_name(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.size() <= 65 || name[64] != '.') return std::nullopt;
  Result<Digest> digest = Digest::from_hex(name.substr(0, 64));
  return digest ? std::optional<Digest>(*digest) : std::nullopt;
}

std::optional<std::string> path_below(const std::string& root, std::string_view url_path) {
  if (!url_path.starts_with('/')) return std::nullopt;
  std::string path = root;
  url_path.remove_prefix(1);
  while (true) {
    const std::size_t slash = url_path.find('/');
    const std::string_view part = url_path.substr(0, slash);
    if (!is_safe_part(part)) return std::nullopt;
    path += '/';
    path += part;
    if (slash == std::string_view::npos) return path;
    url_path.remove_prefix(slash + 1);
  }
}

ServerResponse serve_static(const std::string& root, const ServerRequest& request) {
  std::optional<ServerResponse> refused = refuse_method(request);
  if (refused) return std::move(*refused);
  const std::optional<std::string> path = path_below(root, request.path);
  PosixDisk disk;
  Result<FileStatus> status = path ? disk.status(*path) : Result<FileStatus>(FileStatus{});
  if (!status || status->kind != FileKind::regular) return refusal(404, "not found\n");
  ServerResponse response;
  response.content_type = content_type_of(*path);
  response.file_path = *path;
  response.headers["Cache-Control"] =
      digest_in_name(*path) ? "public, max-age=31536000, immutable" : "no-cache";
  if (status->size <= etag_size_max) {
    Result<Bytes> bytes = read_file(disk, *path, etag_size_max);
    if (bytes) response.headers["etag"] = "\"" + sha256(*bytes).hex() + "\"";
  }
  return response;
}

}  // namespace dunlin
