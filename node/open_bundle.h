#pragma once
#include <memory>

#include "core/trust/bundle_contents.h"

namespace dunlin {

// A bundle's file, open, and what lies where in it. Its packs are read from it while they are copied, so it
// is shared with the job that does.
struct OpenBundle {
  std::string path;
  std::unique_ptr<File> file;
  std::unique_ptr<FileSource> source;
  std::optional<BundleIndex> index;
};

struct OpenedBundle {
  std::shared_ptr<const OpenBundle> bundle;
  BundleContents contents;
};

// Opens a bundle and reads all of it but its packs; nothing is verified. Blocks for as long as the medium
// takes. usage: the file cannot be opened, and what a person can do about it; bad_image: it is no bundle.
Result<OpenedBundle> open_bundle(Disk& disk, const std::string& path);

}  // namespace dunlin
