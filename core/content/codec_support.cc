#include "core/content/codec_support.h"

#include <map>

#include "core/expand/canary.h"
#include "core/expand/packing_codec.h"

namespace dunlin {

namespace {

// The packings in use, each with a run of it; a list may hold more.
std::map<Packing, ExpandedRun> used_packings(const ExpandMap& map) {
  std::map<Packing, ExpandedRun> used;
  for (const ExpandLayer& layer : map.layers)
    for (const ExpandedRun& run : layer.runs)
      if (!run.is_raw()) used.emplace(layer.packings[run.packing - 1], run);
  return used;
}

std::optional<std::string> obstacle_to_opening(const Packing& packing, const ExpandedRun& run) {
  auto decoder = make_run_decoder(packing, run);
  if (decoder) return std::nullopt;
  return "this program cannot open compressed content of the base: " + decoder.error().message;
}

}  // namespace

CodecSupport CodecSupport::probe() {
  std::set<PackingKind> differing;
  for (const PackingKind kind : packing_kinds())
    if (!is_trusted(kind)) differing.insert(kind);
  return CodecSupport(std::move(differing));
}

std::string CodecSupport::summary() const {
  if (differing_.empty()) return codec_versions() + "; all close as they must";
  std::string names;
  for (const PackingKind kind : differing_) names += " " + std::string(to_string(kind));
  return codec_versions() + "; packs that need these are not used:" + names;
}

std::optional<std::string> CodecSupport::obstacle_to_closing(const Packing& packing,
                                                             const ExpandedRun& run) const {
  if (differing_.contains(packing.kind))
    return "this program cannot close compressed content of the target: its " +
           std::string(to_string(packing.kind)) + " encoder (" + codec_versions() +
           ") writes other bytes than it must";
  auto encoder = make_run_encoder(packing, run);
  if (encoder) return std::nullopt;
  return "this program cannot close compressed content of the target: " + encoder.error().message;
}

std::optional<std::string> CodecSupport::obstacle(const PackTable& table) const {
  std::optional<std::string> found;
  for (const auto& [packing, run] : used_packings(table.base_map))
    if (!found) found = obstacle_to_opening(packing, run);
  for (const auto& [packing, run] : used_packings(table.target_map))
    if (!found) found = obstacle_to_closing(packing, run);
  return found;
}

}  // namespace dunlin
