#pragma once
#include "node/node_store.h"

namespace dunlin {

// Packs and base images that turned out to be of no use on this device; kept over restarts, so that a plan
// made again takes something else. The newest 16 packs are remembered.
class SpoiledSources {
 public:
  explicit SpoiledSources(NodeStore& store) : store_(store) {}

  Result<void> add_base(const Digest& image);
  Result<void> add_pack(const Digest& pack);

  Result<bool> is_base(const Digest& image);
  Result<std::vector<Digest>> packs();
  // Whether a plan rests on any of these.
  Result<bool> spoil(const UpdatePlan& plan);

 private:
  NodeStore& store_;
};

}  // namespace dunlin
