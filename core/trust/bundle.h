#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/byte_source.h"

namespace dunlin {

// A bundle is one file with everything a site without WAN needs for a release: a ustar archive of repository
// paths (docs/bundle-format.md). Nothing in it is trusted because it is there: metadata, manifest, torrents
// and packs are verified as if a server had sent them.

inline constexpr std::string_view bundle_label_path = "bundle.json";  // always the first member
inline constexpr std::size_t bundle_block = 512;                      // everything begins at a multiple
inline constexpr std::size_t bundle_end_size = 2 * bundle_block;      // zeros

// The bytes of one member: `size` of them from `offset` on.
struct BundleMember {
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool operator==(const BundleMember&) const = default;
};

// The header in front of a member's bytes, the same for the same arguments. usage: the path is too long.
Result<Bytes> bundle_header(std::string_view path, std::uint64_t size);
// Zeros after a member's bytes.
std::size_t bundle_padding(std::uint64_t size);

// What lies where in a bundle. Immutable.
class BundleIndex {
 public:
  // Total: reads the headers of untrusted bytes, never the members, and believes no size before it fits.
  // bad_image: not a bundle, damaged, or cut short, and what to do about it; device: it cannot be read.
  static Result<BundleIndex> read(const ByteSource& source);

  const std::vector<BundleMember>& members() const { return members_; }
  // Null when there is none.
  const BundleMember* find(std::string_view path) const;

 private:
  explicit BundleIndex(std::vector<BundleMember> members) : members_(std::move(members)) {}
  std::vector<BundleMember> members_;  // in their order; no path twice
};

// All bytes of a member. bad_image when it has more than `size_max`.
Result<Bytes> read_member(const ByteSource& source, const BundleMember& member, std::uint64_t size_max);

}  // namespace dunlin
