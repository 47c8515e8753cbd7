#include "applier/boot/crc32.h"

#include <boost/crc.hpp>

namespace dunlin {

std::uint32_t crc32(ByteView bytes) {
  boost::crc_32_type sum;
  sum.process_bytes(bytes.data(), bytes.size());
  return sum.checksum();
}

}  // namespace dunlin
