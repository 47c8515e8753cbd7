#pragma once
#include "node/image_shelf.h"
#include "node/pack_shelf.h"
#include "node/starved_images.h"

namespace dunlin {

// What a running update shares with the others: what is served, and what came to nothing.
struct Shelves {
  PackShelf& packs;
  ImageShelf& images;
  StarvedImages& starved;
};

}  // namespace dunlin
