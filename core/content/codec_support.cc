#include "core/content/codec_support.h"

#include "core/expand/packing_codec.h"

namespace dunlin {

namespace {

// Those that some run uses; a list may hold more.
std::set<Packing> used_packings(const ExpandMap& map) {
  std::set<Packing> used;
  for (const ExpandLayer& layer : map.layers)
    for (const ExpandedRun& run : layer.runs)
      if (!run.is_raw()) used.insert(layer.packings[run.packing - 1]);
  return used;
}

constexpr ExpandedRun some_run{1, 1, 1};

std::optional<std::string> obstacle_to_opening(const Packing& packing) {
  auto decoder = make_run_decoder(packing, some_run);
  if (decoder) return std::nullopt;
  return "this program cannot open compressed content of the base: " + decoder.error().message;
}

}  // namespace

std::optional<std::string> CodecSupport::obstacle_to_closing(const Packing& packing) const {
  if (differing_.contains(packing.kind))
    return "this program cannot close compressed content of the target: its codec for packing " +
           std::to_string(static_cast<int>(packing.kind)) + " writes other bytes than it must";
  auto encoder = make_run_encoder(packing, some_run);
  if (encoder) return std::nullopt;
  return "this program cannot close compressed content of the target: " + encoder.error().message;
}

std::optional<std::string> CodecSupport::obstacle(const PackTable& table) const {
  std::optional<std::string> found;
  for (const Packing& packing : used_packings(table.base_map))
    if (!found) found = obstacle_to_opening(packing);
  for (const Packing& packing : used_packings(table.target_map))
    if (!found) found = obstacle_to_closing(packing);
  return found;
}

}  // namespace dunlin
