#pragma once
#include <map>
#include <string>

#include "core/trust/bundle.h"
#include "core/trust/metadata.h"

namespace dunlin {

// What the label says, for people and for tar. Signed by nobody and trusted for nothing.
struct BundleLabel {
  std::string product;
  std::string version;
};
std::string to_json(const BundleLabel& label);

// Everything of a bundle but its packs, read and not yet verified.
struct BundleContents {
  BundleLabel label;
  MetadataBundle metadata;
  std::map<std::string, Bytes> files;  // manifests and torrents by repository path
};

// Bounded: what is too large for its kind is refused before it is read. bad_image: a part is missing or
// wrong, or the bundle is of a later format.
Result<BundleContents> read_contents(const ByteSource& source, const BundleIndex& index);

}  // namespace dunlin
