#include <deque>
#include <map>
#include <optional>
#include <set>

#include "core/expand/expanded_source.h"
#include "core/expand/finder.h"
#include "core/expand/run_index.h"

namespace dunlin {

namespace {

// The digests of what the runs of one layer are while packed. `below`: the layers under it.
using RunDigests = std::vector<std::optional<Digest>>;  // by run; nothing for raw ones
Result<RunDigests> packed_digests(const ByteSource& packed, const ExpandLayer& layer) {
  RunDigests digests;
  std::uint64_t at = 0;
  for (const ExpandedRun& run : layer.runs) {
    digests.emplace_back();
    if (!run.is_raw()) {
      Result<Digest> digest = digest_of(packed, {at, run.packed_length});
      if (!digest) return fail(std::move(digest.error()));
      digests.back() = *digest;
    }
    at += run.packed_length;
  }
  return digests;
}

Result<std::vector<RunDigests>> all_digests(const ByteSource& image, const ExpandMap& map) {
  std::vector<RunDigests> digests;
  ExpandMap below;
  for (const ExpandLayer& layer : map.layers) {
    const ExpandedSource packed(image, below);
    Result<RunDigests> of_layer = packed_digests(packed, layer);
    if (!of_layer) return fail(std::move(of_layer.error()));
    digests.push_back(std::move(*of_layer));
    below.layers.push_back(layer);
  }
  return digests;
}

// What the base has while packed.
struct BaseRuns {
  std::map<Digest, std::uint64_t> places;  // of the first layer: offset in the base image
  std::set<Digest> above;                  // of the layers above
};

BaseRuns base_runs(const ExpandMap& map, const std::vector<RunDigests>& digests) {
  BaseRuns base;
  for (std::size_t layer = 0; layer < digests.size(); ++layer) {
    std::uint64_t at = 0;
    for (std::size_t run = 0; run < digests[layer].size(); ++run) {
      const std::optional<Digest>& digest = digests[layer][run];
      if (digest && layer == 0) base.places.emplace(*digest, at);
      if (digest && layer > 0) base.above.insert(*digest);
      at += map.layers[layer].runs[run].packed_length;
    }
  }
  return base;
}

// Which runs have to be open: those that changed, and what lies under them.
using KeptRuns = std::vector<std::vector<bool>>;
KeptRuns runs_to_open(const ExpandMap& map, const std::vector<RunDigests>& digests, const BaseRuns& base) {
  KeptRuns keep(map.layers.size());
  for (std::size_t layer = map.layers.size(); layer-- > 0;) {
    const std::size_t count = map.layers[layer].runs.size();
    keep[layer].resize(count);
    for (std::size_t run = 0; run < count; ++run) {
      const std::optional<Digest>& digest = digests[layer][run];
      keep[layer][run] =
          digest && (layer == 0 ? !base.places.contains(*digest) : !base.above.contains(*digest));
    }
    if (layer + 1 == map.layers.size()) continue;
    const RunIndex index(map.layers[layer]);
    const RunIndex above(map.layers[layer + 1]);
    for (std::size_t run = 0; run < above.count(); ++run) {
      if (!keep[layer + 1][run]) continue;
      const std::uint64_t begin = above.start(run).packed;
      const std::uint64_t end = above.start(run + 1).packed;
      for (std::size_t under = index.at_plain(begin); under < count && index.start(under).plain < end;
           ++under)
        if (digests[layer][under]) keep[layer][under] = true;
    }
  }
  return keep;
}

// Where a packed byte that is raw in every layer stands on the plain side.
std::uint64_t plain_place(const std::deque<RunIndex>& layers, std::uint64_t packed) {
  for (const RunIndex& layer : layers) {
    const RunIndex::Place start = layer.start(layer.at_packed(packed));
    packed = start.plain + (packed - start.packed);
  }
  return packed;
}

void add_copy(std::vector<KnownCopy>& copies, const KnownCopy& copy) {
  if (!copies.empty()) {
    KnownCopy& last = copies.back();
    if (last.target_plain + last.length == copy.target_plain &&
        last.base_image + last.length == copy.base_image) {
      last.length += copy.length;
      return;
    }
  }
  copies.push_back(copy);
}

// The first-layer runs that the base has and that stayed closed.
std::vector<KnownCopy> known_copies(const ExpandMap& found, const RunDigests& digests,
                                    const std::vector<bool>& opened, const BaseRuns& base,
                                    const ExpandMap& closed) {
  std::deque<RunIndex> layers;
  for (const ExpandLayer& layer : closed.layers) layers.emplace_back(layer);
  std::vector<KnownCopy> copies;
  std::uint64_t at = 0;
  for (std::size_t run = 0; run < digests.size(); ++run) {
    const std::uint64_t length = found.layers[0].runs[run].packed_length;
    if (digests[run] && !opened[run])
      add_copy(copies, {.target_plain = plain_place(layers, at),
                        .length = length,
                        .base_image = base.places.at(*digests[run])});
    at += length;
  }
  return copies;
}

}  // namespace

Result<OpenedTarget> open_changed(const ByteSource& target, const ByteSource& base, const ExpandMap& base_map,
                                  const FindOptions& options) {
  Result<void> fits = check(base_map, base.size());
  if (!fits) return fail(std::move(fits.error()), "the base's expand map");
  const Result<ExpandMap> found = find_compressed(target, options);
  if (!found) return fail(Error(found.error()));
  if (found->layers.empty()) return OpenedTarget{};
  const Result<std::vector<RunDigests>> base_digests = all_digests(base, base_map);
  if (!base_digests) return fail(Error(base_digests.error()));
  const Result<std::vector<RunDigests>> digests = all_digests(target, *found);
  if (!digests) return fail(Error(digests.error()));
  const BaseRuns known = base_runs(base_map, *base_digests);
  const KeptRuns keep = runs_to_open(*found, *digests, known);
  const ExpandMap changed =
      filtered(*found, [&](std::size_t layer, std::size_t run) { return keep[layer][run]; });
  Result<ExpandMap> proven = prove(target, changed, options);
  if (!proven) return fail(std::move(proven.error()));
  std::vector<KnownCopy> copies = known_copies(*found, digests->front(), keep[0], known, *proven);
  return OpenedTarget{.map = std::move(*proven), .copies = std::move(copies)};
}

}  // namespace dunlin
