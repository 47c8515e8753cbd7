#include "core/expand/contractor.h"

#include <deque>

#include "core/base/check.h"
#include "core/expand/clean_position.h"
#include "core/expand/layer_closer.h"
#include "core/expand/layer_opener.h"

namespace dunlin {

namespace {

constexpr std::size_t replay_read_size = 64u << 10;

// Sends bytes through stages [next, end) of anything with feed(), and out at the end.
template <class Stages>
Result<void> feed_through(Stages& stages, std::size_t next, ByteView bytes, const ByteSink& out) {
  if (next == stages.size()) return out(bytes);
  return stages[next].feed(bytes, [&](ByteView fed) { return feed_through(stages, next + 1, fed, out); });
}

}  // namespace

struct Contractor::Stages {
  explicit Stages(const ExpandMap& whole) : map(whole) {
    for (std::size_t i = map.layers.size(); i > 0; --i) closers.emplace_back(map.layers[i - 1]);
  }

  const ExpandMap& map;
  std::deque<LayerCloser> closers;  // outermost first
  ExpandPosition position;
};

Contractor::Contractor(const ExpandMap& map) : stages_(std::make_unique<Stages>(map)) {}
Contractor::~Contractor() = default;

Result<void> Contractor::feed(ByteView plain, const Sink& sink) {
  Result<void> fed = feed_through(stages_->closers, 0, plain, [&](ByteView packed) {
    stages_->position.packed += packed.size();
    return sink(packed);
  });
  if (fed) stages_->position.plain += plain.size();
  return fed;
}

ExpandPosition Contractor::position() const {
  return stages_->position;
}

ExpandPosition Contractor::clean_position(const ExpandMap& map, std::uint64_t plain) {
  std::deque<RunIndex> indices;
  std::vector<const RunIndex*> layers;
  for (const ExpandLayer& layer : map.layers) layers.push_back(&indices.emplace_back(layer));
  return last_clean_position(layers, plain);
}

void Contractor::seek(ExpandPosition clean) {
  std::uint64_t offset = clean.plain;
  for (LayerCloser& closer : stages_->closers) {
    closer.seek(offset);
    const RunIndex::Place start = closer.index().start(closer.index().at_plain(offset));
    offset = start.packed + (offset - start.plain);
  }
  CHECK(offset == clean.packed);
  stages_->position = clean;
}

Result<void> Contractor::replay(const ByteSource& packed, std::uint64_t packed_end) {
  std::deque<LayerOpener> openers;
  std::uint64_t offset = stages_->position.packed;
  for (const ExpandLayer& layer : stages_->map.layers) {
    const RunIndex index(layer);
    openers.emplace_back(layer, offset);
    const RunIndex::Place start = index.start(index.at_packed(offset));
    offset = start.plain + (offset - start.packed);
  }
  const Sink swallow = [](ByteView) { return Result<void>{}; };
  Bytes buffer(replay_read_size);
  for (std::uint64_t at = stages_->position.packed; at < packed_end;) {
    const ByteSpan part = ByteSpan(buffer).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), packed_end - at)));
    Result<void> done = packed.read(at, part);
    if (done) done = feed_through(openers, 0, part, [&](ByteView plain) { return feed(plain, swallow); });
    if (!done) return done;
    at += part.size();
  }
  if (stages_->position.packed > packed_end)
    return fail(ErrorKind::bad_image, "what the slot holds tells more than it should");
  return {};
}

}  // namespace dunlin
