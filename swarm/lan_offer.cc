#include "swarm/lan_offer.h"

namespace dunlin {

std::uint64_t content_key(const Digest& content) {
  return ByteReader(content.bytes).u64();
}

}  // namespace dunlin
