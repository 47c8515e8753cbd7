#pragma once
#include "node/bundle_source.h"
#include "node/image_shelf.h"
#include "node/pack_shelf.h"
#include "node/starved_images.h"

namespace dunlin {

// What a running update shares with the others: what is served, what came to nothing, what was brought.
struct Shelves {
  PackShelf& packs;
  ImageShelf& images;
  StarvedImages& starved;
  BundleSource& bundle;
};

}  // namespace dunlin
