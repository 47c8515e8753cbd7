#pragma once
#include <optional>
#include <string>

#include "core/trust/manifest.h"
#include "swarm/source_planner.h"

namespace dunlin {

// What was decided for one release; stored, so that a restarted node goes on without asking anybody.
struct UpdatePlan {
  std::string version;
  Digest manifest;    // SHA-256 of the manifest's bytes, kept in data_dir/releases
  std::string image;  // image name within the manifest
  Digest image_id;
  std::uint64_t image_size = 0;
  SourceKind source = SourceKind::pack;
  RepositoryFile pack;                          // with source image: what to fall back to
  RepositoryFile torrent;                       // of the pack
  std::optional<RepositoryFile> image_torrent;  // none: the release was published without
  std::optional<Digest> base;                   // the booted image that a delta pack needs
  std::uint64_t wan_bytes = 0;                  // predicted: at most this crosses the WAN for this site
  std::string reason;                           // why this way, for people
  // Smaller packs of the same image: while a neighbour fetches one of them, its image is waited for.
  std::vector<CheaperContent> cheaper;

  // What must be here before fetching begins.
  const RepositoryFile& first_torrent() const {
    return source == SourceKind::image && image_torrent ? *image_torrent : torrent;
  }
  // The SHA-256 of what it describes.
  const Digest& first_content() const {
    return source == SourceKind::image && image_torrent ? image_id : pack.sha256;
  }
  bool operator==(const UpdatePlan& other) const;
};

// Pure: a plan to fetch a pack is worth leaving, because one neighbour has the whole image by now, and none
// has the whole pack. Images in `starved` came to nothing before.
bool image_is_nearer(const UpdatePlan& plan, const std::vector<LanOffer>& offers,
                     const std::vector<Digest>& starved);

std::string to_json(const UpdatePlan& plan);
// Total; bad_image when the text is not a plan (a database from elsewhere).
Result<UpdatePlan> parse_update_plan(std::string_view json);

}  // namespace dunlin
