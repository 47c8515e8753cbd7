#pragma once
#include <optional>
#include <string>

#include "core/trust/manifest.h"

namespace dunlin {

// What was decided for one release; stored, so that a restarted node goes on without asking anybody.
struct UpdatePlan {
  std::string version;
  Digest manifest;    // SHA-256 of the manifest's bytes, kept in data_dir/releases
  std::string image;  // image name within the manifest
  Digest image_id;
  std::uint64_t image_size = 0;
  RepositoryFile pack;
  RepositoryFile torrent;
  std::optional<Digest> base;  // the booted image that a delta pack needs
  std::string reason;          // why this pack, for people

  bool operator==(const UpdatePlan& other) const;
};

std::string to_json(const UpdatePlan& plan);
// Total; bad_image when the text is not a plan (a database from elsewhere).
Result<UpdatePlan> parse_update_plan(std::string_view json);

}  // namespace dunlin
