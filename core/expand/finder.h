#pragma once
#include <atomic>
#include <functional>

#include "core/base/byte_source.h"
#include "core/expand/expand_map.h"

namespace dunlin {

// The publisher's side: which compressed content an image holds, and what of it can be closed again.
// Results depend on the images and the codec versions only, never on the number of threads.

struct FindOptions {
  int threads = 1;
  const std::atomic<bool>* cancel = nullptr;  // when it turns true: ErrorKind::cancelled
  std::function<void(std::uint64_t done, std::uint64_t total)> on_progress = {};  // packed bytes; serialised
};

// A map of all compressed content that was found and decodes; its packings are guesses (see prove). Any image
// gives a map, at worst one without layers, in bounded time and memory, also one that lies about itself.
// Fails only as ByteSource::read does, or with cancelled.
Result<ExpandMap> find_compressed(const ByteSource& image, const FindOptions& options);

// The map without the runs for which `keep` says no: they become raw, and so does every run of a layer above
// that lies in one of them. Layers that hold nothing any more at the end are left out.
using RunFilter = std::function<bool(std::size_t layer, std::size_t run)>;
ExpandMap filtered(const ExpandMap& map, const RunFilter& keep);

// Re-encodes every packed run of `map`, outermost layer first, with the packings that are likely for its
// kind, and keeps those that come out bit for bit, with the packing that did it. About 0.14 CPU seconds a
// megabyte of plain bytes: close what is not needed first.
Result<ExpandMap> prove(const ByteSource& image, const ExpandMap& map, const FindOptions& options);

// Bytes of the target that the base has too, still packed.
struct KnownCopy {
  std::uint64_t target_plain = 0;  // offset on the plain side of OpenedTarget::map; raw there in all layers
  std::uint64_t length = 0;
  std::uint64_t base_image = 0;  // offset in the raw base image
  bool operator==(const KnownCopy&) const = default;
};

struct OpenedTarget {
  ExpandMap map;                  // only what changed, and all of it proven
  std::vector<KnownCopy> copies;  // ascending by target_plain, without overlaps
};

// What to open of a target, when the base is known: finds, leaves closed the runs whose packed bytes the base
// has as a run of its own (except those that a changed run of a layer above needs open), proves the others.
// `base_map`: what find_compressed gave for the base.
Result<OpenedTarget> open_changed(const ByteSource& target, const ByteSource& base, const ExpandMap& base_map,
                                  const FindOptions& options);

}  // namespace dunlin
