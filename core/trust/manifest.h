#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"

namespace dunlin {

// A file of the repository, named by path and fixed by size and SHA-256.
struct RepositoryFile {
  std::string path;  // relative to the repository's root, "packs/<sha256>.pack"
  std::uint64_t size = 0;
  Digest sha256;
  bool operator==(const RepositoryFile&) const = default;
};

struct PackEntry {
  RepositoryFile file;
  RepositoryFile torrent;      // the .torrent file of the pack
  std::optional<Digest> base;  // image this delta needs; none for the full pack
  bool operator==(const PackEntry&) const = default;
};

struct ImageEntry {
  std::string name;  // which partition: "rootfs"
  std::uint64_t size = 0;
  Digest id;                              // SHA-256 of the image's bytes
  std::optional<RepositoryFile> torrent;  // the image as a torrent of its raw bytes
  std::vector<PackEntry> packs;           // exactly one without base
  bool operator==(const ImageEntry&) const = default;
};

// A release as the operator signed it; docs/release-manifest.md. Immutable once parsed.
struct Manifest {
  std::string product;
  std::string version;                // see core/trust/version.h
  std::vector<std::string> hardware;  // machine names it fits; empty: any
  std::string version_floor;          // devices never go below this again once confirmed; may be empty
  std::string data_floor;  // oldest version that can read the data this release migrates; may be empty
  std::vector<ImageEntry> images;
  bool operator==(const Manifest&) const = default;
};

// Total parser for untrusted bytes (at most 1 MiB of JSON). bad_image with the field's name. Refuses what
// check_manifest refuses, members named twice, and a "requires" entry it does not know.
Result<Manifest> parse_manifest(ByteView json);
// The rules that hold between fields: names that are safe in paths, one full pack an image, no two images or
// bases of one name, paths that stay inside the repository, floors not above the version. bad_image with the
// field's name. Publishers call it before they sign.
Result<void> check_manifest(const Manifest& manifest);
// Canonical JSON; parse_manifest(to_json(m)) == m.
std::string to_json(const Manifest& manifest);

// Where the repository keeps a release: "releases/<product>/<version>.json"; also its TUF target name.
std::string manifest_target_name(std::string_view product, std::string_view version);

}  // namespace dunlin
