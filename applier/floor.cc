#include "applier/floor.h"

#include "core/trust/version.h"

namespace dunlin {

std::string floor_of(const Manifest& manifest) {
  if (manifest.version_floor.empty()) return manifest.data_floor;
  if (manifest.data_floor.empty()) return manifest.version_floor;
  const bool data_is_higher = compare_versions(manifest.data_floor, manifest.version_floor) > 0;
  return data_is_higher ? manifest.data_floor : manifest.version_floor;
}

bool is_below_floor(const std::string& version, const std::string& floor) {
  if (floor.empty()) return false;
  return version.empty() || compare_versions(version, floor) < 0;
}

}  // namespace dunlin
