#pragma once
#include <string>

#include "core/base/digest.h"

namespace dunlin {

// Every path that the seeder makes below its folder is built here. docs/repository.md draws the tree.
class SeederPaths {
 public:
  explicit SeederPaths(std::string root) : root_(std::move(root)) {}

  const std::string& root() const { return root_; }
  std::string config() const { return root_ + "/seeder.toml"; }
  std::string database() const { return root_ + "/seeder.db"; }
  std::string lock() const { return root_ + "/seeder.lock"; }            // held while metadata is changed
  std::string control_socket() const { return root_ + "/seeder.sock"; }  // answers `status` while serving
  std::string keys() const { return root_ + "/keys"; }
  std::string pending() const { return root_ + "/pending"; }  // a change that waits for signatures
  std::string pending_request() const { return pending() + "/request.json"; }
  std::string tls() const { return root_ + "/tls"; }
  std::string authority_certificate() const { return tls() + "/ca.pem"; }
  std::string authority_key() const { return tls() + "/ca.key"; }
  std::string server_certificate() const { return tls() + "/server.pem"; }
  std::string server_key() const { return tls() + "/server.key"; }
  std::string repository() const { return root_ + "/repository"; }
  std::string first_root() const { return repository() + "/metadata/1.root.json"; }
  std::string images() const { return root_ + "/images"; }  // kept as bases of delta packs
  std::string image(const Digest& id) const { return images() + "/" + id.hex(); }
  std::string work() const { return root_ + "/work"; }  // emptied when a publish starts
  // Finished parts of a publish that was interrupted; emptied when one succeeds.
  std::string unfinished() const { return root_ + "/unfinished"; }
  std::string cache() const {
    return root_ + "/cache";
  }  // kept images, sorted for the search; may be removed
  std::string swarm() const { return root_ + "/swarm"; }

  // Paths inside the repository, as the manifest names them.
  static std::string pack(const Digest& id) { return "packs/" + id.hex() + ".pack"; }
  static std::string torrent(const Digest& id) { return "torrents/" + id.hex() + ".torrent"; }
  // Where the manifest of a release lies when its target file has this digest.
  static std::string manifest(const std::string& product, const std::string& version, const Digest& id) {
    return "targets/releases/" + product + "/" + id.hex() + "." + version + ".json";
  }
  std::string published(const std::string& repository_path) const {
    return repository() + "/" + repository_path;
  }

 private:
  std::string root_;
};

}  // namespace dunlin
