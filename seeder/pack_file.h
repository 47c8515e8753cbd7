#pragma once
#include "core/content/pack_header.h"

namespace dunlin {

// An open image: a file or a block device.
struct ImageFile {
  std::string path;
  std::unique_ptr<File> file;
  std::unique_ptr<ByteSource> bytes;

  // usage: nothing there; device: it cannot be read.
  static Result<ImageFile> open(Disk& disk, const std::string& path);
};

// A pack on disk that is there to its last byte, its header and its table.
struct PackFile {
  ImageFile file;
  PackHeader header;
  PackTable table;

  // bad_image: not a pack, damaged, cut short, or more than a pack.
  static Result<PackFile> open(Disk& disk, const std::string& path);
};

}  // namespace dunlin
