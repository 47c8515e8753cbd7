// Any bytes as a beacon, with its sum made to fit, or nothing behind it would ever be read. What is taken
// says the same when it is written again.
#include <algorithm>

#include "core/base/check.h"
#include "swarm/beacon.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  Bytes bytes(data, data + std::min<std::size_t>(size, 2 * beacon_bytes_max));
  const Result<Beacon> as_it_is = parse_beacon(bytes);
  const Digest sum = sha256(bytes);
  bytes.insert(bytes.end(), sum.bytes.begin(), sum.bytes.begin() + 4);
  const Result<Beacon> beacon = parse_beacon(bytes);
  if (!beacon) return 0;
  CHECK(bytes.size() <= beacon_bytes_max && beacon->torrents.size() <= beacon_torrents_max);
  const Result<Beacon> again = parse_beacon(encode_beacon(*beacon));
  CHECK(again && *again == *beacon);
  return 0;
}
