#pragma once
#include <utility>

#include <string>
#include <vector>

#include "core/trust/bundle.h"

namespace dunlin {

// A bundle of these members, in memory, as the seeder writes it.
inline Bytes made_bundle(const std::vector<std::pair<std::string, Bytes>>& members) {
  ByteWriter writer;
  for (const auto& [path, bytes] : members) {
    writer.bytes(bundle_header(path, bytes.size()).value());
    writer.bytes(bytes);
    writer.bytes(Bytes(bundle_padding(bytes.size())));
  }
  writer.bytes(Bytes(bundle_end_size));
  return writer.take();
}

}  // namespace dunlin
