#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "core/expand/finder.h"
#include "core/expand/layer_source.h"
#include "core/expand/likely_packings.h"
#include "core/expand/parallel.h"

namespace dunlin {

namespace {

constexpr std::size_t proof_step = 128u << 10;

// The layers of one map, readable by one thread.
class OwnLayers {
 public:
  OwnLayers(const ByteSource& image, const ExpandMap& map) : image_(image) {
    const ByteSource* below = &image;
    for (const ExpandLayer& layer : map.layers) below = &sources_.emplace_back(*below, layer);
  }
  const ByteSource& packed(std::size_t layer) const { return layer == 0 ? image_ : sources_[layer - 1]; }
  const ByteSource& plain(std::size_t layer) const { return sources_[layer]; }

 private:
  const ByteSource& image_;
  std::deque<LayerSource> sources_;
};

// One packed run of a map.
struct RunPlace {
  std::size_t layer = 0;
  std::size_t run = 0;
  std::uint64_t packed = 0;
  std::uint64_t plain = 0;
};

std::vector<RunPlace> packed_runs(const ExpandMap& map) {
  std::vector<RunPlace> places;
  for (std::size_t layer = 0; layer < map.layers.size(); ++layer) {
    RunPlace place{.layer = layer};
    for (const ExpandedRun& run : map.layers[layer].runs) {
      if (!run.is_raw()) places.push_back(place);
      ++place.run;
      place.packed += run.packed_length;
      place.plain += run.plain_length;
    }
  }
  return places;
}

// One thread's tools.
class Prover {
 public:
  Prover(const ByteSource& image, const ExpandMap& map, const FindOptions& options)
      : map_(map), layers_(image, map), options_(options) {}

  // The first likely packing that gives the packed bytes back, if any.
  Result<std::optional<Packing>> prove(const RunPlace& place) {
    const ExpandLayer& layer = map_.layers[place.layer];
    const ExpandedRun& run = layer.runs[place.run];
    for (const Packing& packing : likely_packings(layer.packings[run.packing - 1])) {
      Result<bool> same = closes(place, run, packing);
      if (!same) return fail(std::move(same.error()));
      if (*same) return packing;
    }
    return std::nullopt;
  }

 private:
  // What the sink of one trial has seen.
  struct Comparison {
    std::uint64_t at = 0;         // of the packed side
    std::optional<Error> broken;  // the source could not be read
  };

  Result<bool> closes(const RunPlace& place, const ExpandedRun& run, const Packing& packing) {
    Result<std::unique_ptr<StreamEncoder>> encoder = codecs_.encoder(packing, run);
    if (!encoder) return false;  // needs too much, or is unknown
    Comparison comparison{.at = place.packed, .broken = {}};
    const std::uint64_t end = place.packed + run.packed_length;
    const ByteSink compare = [&](ByteView packed) {
      return compare_part(place.layer, packed, end, comparison);
    };
    Bytes plain(static_cast<std::size_t>(std::min<std::uint64_t>(proof_step, run.plain_length)));
    for (std::uint64_t done = 0; done < run.plain_length;) {
      if (is_cancelled(options_)) return stopped_finding();
      const ByteSpan part = ByteSpan(plain).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(plain.size(), run.plain_length - done)));
      Result<void> read = layers_.plain(place.layer).read(place.plain + done, part);
      if (!read) return fail(std::move(read.error()));
      done += part.size();
      Result<void> fed = (*encoder)->feed(part, compare);
      if (fed && done == run.plain_length) fed = (*encoder)->finish(compare);
      if (comparison.broken) return fail(std::move(*comparison.broken));
      if (!fed) return false;
    }
    return comparison.at == end;
  }

  Result<void> compare_part(std::size_t layer, ByteView packed, std::uint64_t end, Comparison& comparison) {
    if (packed.size() > end - comparison.at) return fail(ErrorKind::bad_image, "longer than it was");
    there_.resize(packed.size());
    Result<void> read = layers_.packed(layer).read(comparison.at, there_);
    if (!read) {
      comparison.broken = read.error();
      return read;
    }
    comparison.at += packed.size();
    if (!std::equal(packed.begin(), packed.end(), there_.begin()))
      return fail(ErrorKind::bad_image, "other bytes than there were");
    return {};
  }

  const ExpandMap& map_;
  OwnLayers layers_;
  const FindOptions& options_;
  RunCodecs codecs_;
  Bytes there_;
};

// Tells how far the work is, by packed bytes.
class ProofProgress {
 public:
  ProofProgress(const ExpandMap& map, const std::vector<RunPlace>& places, const FindOptions& options)
      : map_(map), options_(options) {
    for (const RunPlace& place : places) total_ += length(place);
  }

  void add(const RunPlace& place) {
    if (!options_.on_progress) return;
    const std::lock_guard lock(mutex_);
    done_ += length(place);
    options_.on_progress(done_, total_);
  }

 private:
  std::uint64_t length(const RunPlace& place) const {
    return map_.layers[place.layer].runs[place.run].packed_length;
  }

  const ExpandMap& map_;
  const FindOptions& options_;
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

// Frames first: one of them may take longer than all blocks.
void longest_first(std::vector<RunPlace>& places, const ExpandMap& map) {
  std::stable_sort(places.begin(), places.end(), [&](const RunPlace& a, const RunPlace& b) {
    return map.layers[a.layer].runs[a.run].plain_length > map.layers[b.layer].runs[b.run].plain_length;
  });
}

using ProvenPackings = std::map<std::pair<std::size_t, std::size_t>, Packing>;  // by layer and run

// Replaces the guesses. The order of the packings comes out of the runs, so that it does not depend on
// threads.
void name_packings(ExpandLayer& layer, std::size_t number, const ProvenPackings& proven) {
  layer.packings.clear();
  std::map<Packing, std::uint32_t> numbers;
  for (std::size_t run = 0; run < layer.runs.size(); ++run) {
    if (layer.runs[run].is_raw()) continue;
    const auto found = proven.find({number, run});
    const Packing packing = found == proven.end() ? Packing{} : found->second;
    const auto [known, is_new] =
        numbers.emplace(packing, static_cast<std::uint32_t>(layer.packings.size()) + 1);
    if (is_new) layer.packings.push_back(packing);
    layer.runs[run].packing = known->second;
  }
}

}  // namespace

Result<ExpandMap> prove(const ByteSource& image, const ExpandMap& map, const FindOptions& options) {
  Result<void> fits = check(map, image.size());
  if (!fits) return fail(std::move(fits.error()));
  std::vector<RunPlace> places = packed_runs(map);
  longest_first(places, map);
  std::deque<Prover> provers;
  for (std::size_t i = 0; i < worker_count(options); ++i) provers.emplace_back(image, map, options);
  std::vector<std::optional<Packing>> proven(places.size());
  ProofProgress progress(map, places, options);
  Result<void> done =
      for_each_parallel(places.size(), options, [&](std::size_t worker, std::size_t index) -> Result<void> {
        Result<std::optional<Packing>> packing = provers[worker].prove(places[index]);
        if (!packing) return fail(std::move(packing.error()));
        proven[index] = *packing;
        progress.add(places[index]);
        return {};
      });
  if (!done) return fail(std::move(done.error()));

  ProvenPackings packings;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (proven[i]) packings[{places[i].layer, places[i].run}] = *proven[i];
  ExpandMap named = map;
  for (std::size_t layer = 0; layer < named.layers.size(); ++layer)
    name_packings(named.layers[layer], layer, packings);
  return filtered(named, [&](std::size_t layer, std::size_t run) { return packings.contains({layer, run}); });
}

}  // namespace dunlin
