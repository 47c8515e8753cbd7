#pragma once
#include <cstdint>
#include <string>

#include "core/base/digest.h"

namespace dunlin {

inline constexpr std::uint64_t kept_torrent_size_max = 16u << 20;  // no .torrent file is larger

// Every path the node keeps, below its data_dir.
class NodePaths {
 public:
  explicit NodePaths(std::string data_dir) : data_dir_(std::move(data_dir)) {}

  const std::string& data_dir() const { return data_dir_; }
  std::string database() const { return data_dir_ + "/node.db"; }
  std::string metadata() const { return data_dir_ + "/metadata"; }
  std::string releases() const { return data_dir_ + "/releases"; }
  std::string torrents() const { return data_dir_ + "/torrents"; }
  std::string swarm() const { return data_dir_ + "/swarm"; }
  std::string images() const { return data_dir_ + "/images"; }
  std::string packs() const { return data_dir_ + "/packs"; }

  std::string manifest(const Digest& sha256) const { return releases() + "/" + sha256.hex() + ".json"; }
  std::string torrent(const Digest& sha256) const { return torrents() + "/" + sha256.hex() + ".torrent"; }
  // Made on this device, of an image in one of its slots.
  std::string image_torrent(const Digest& image) const { return images() + "/" + image.hex() + ".torrent"; }
  std::string pack(const Digest& sha256) const { return packs() + "/" + sha256.hex() + ".pack"; }

 private:
  std::string data_dir_;
};

}  // namespace dunlin
