#pragma once
#include "core/base/disk.h"
#include "seeder/fleet_store.h"
#include "seeder/seeder_paths.h"
#include "seeder/tracker.h"
#include "swarm/swarm.h"
#include "swarm/torrent_file.h"

namespace dunlin {

// Every published pack, seeded by BitTorrent and known to the tracker. Torrents of images are known to the
// tracker only: devices serve them to each other, their bytes never leave from here.
class SeedSet {
 public:
  SeedSet(Disk& disk, SeederPaths paths, FleetStore& store, Tracker& tracker, Swarm& swarm)
      : disk_(disk), paths_(std::move(paths)), store_(store), tracker_(tracker), swarm_(swarm) {}

  // Adds what is new since the last call. A pack that cannot be seeded is logged and tried again next time;
  // HTTPS serves it all the same. Returns how many were added.
  Result<std::size_t> refresh();
  std::uint64_t uploaded_bytes() const;
  std::size_t size() const { return seeding_.size(); }

 private:
  Result<void> add(const PackEntry& pack);
  // Lets devices that have the image or want it find each other.
  void track_image(const ImageEntry& image);
  Result<TorrentFile> read_torrent(const RepositoryFile& file, Bytes& bytes);

  Disk& disk_;
  SeederPaths paths_;
  FleetStore& store_;
  Tracker& tracker_;
  Swarm& swarm_;
  std::map<Digest, TransferId> seeding_;
  std::set<Digest> tracked_;  // torrents of images
};

}  // namespace dunlin
