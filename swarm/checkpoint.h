#pragma once
#include <optional>
#include <string>

#include "core/base/disk.h"
#include "swarm/piece_set.h"
#include "swarm/torrent_file.h"

namespace dunlin {

// Which pieces of a torrent had passed their hash and were on the medium (docs/swarm.md, "Checkpoint").
struct Checkpoint {
  Digest info_hash;
  std::uint64_t content_size = 0;
  PieceSet have;
  bool operator==(const Checkpoint&) const = default;
};

Bytes encode_checkpoint(const Checkpoint& checkpoint);
// Total; bad_image for anything that encode_checkpoint did not write.
Result<Checkpoint> parse_checkpoint(ByteView bytes);

// One small file per torrent. Call save() only after the content has been synced.
class CheckpointStore {
 public:
  // `directory` must exist.
  CheckpointStore(Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}

  // Nothing when there is none, it is damaged, or it is of another torrent: then everything is hashed again.
  std::optional<PieceSet> load(const TorrentFile& torrent);
  // Replaces the former one in one step.
  Result<void> save(const TorrentFile& torrent, const PieceSet& have);
  Result<void> remove(const TorrentFile& torrent);

 private:
  std::string path(const TorrentFile& torrent) const;

  Disk& disk_;
  std::string directory_;
};

}  // namespace dunlin
