#include "core/expand/expanded_source.h"

#include <deque>
#include <mutex>

#include "core/expand/layer_source.h"

namespace dunlin {

struct ExpandedSource::Layers {
  Layers(const ByteSource& packed, const ExpandMap& map) : top(&packed), checked(check(map, packed.size())) {
    if (!checked) return;
    for (const ExpandLayer& layer : map.layers) top = &sources.emplace_back(*top, layer);
  }

  const ByteSource* top;
  Result<void> checked;
  std::deque<LayerSource> sources;  // each reads the one before
  std::mutex mutex;
};

ExpandedSource::ExpandedSource(const ByteSource& packed, const ExpandMap& map)
    : layers_(std::make_unique<Layers>(packed, map)) {}
ExpandedSource::~ExpandedSource() = default;

std::uint64_t ExpandedSource::size() const {
  return layers_->top->size();
}

Result<void> ExpandedSource::read(std::uint64_t offset, ByteSpan out) const {
  if (!layers_->checked) return layers_->checked;
  const std::lock_guard lock(layers_->mutex);
  return layers_->top->read(offset, out);
}

}  // namespace dunlin
