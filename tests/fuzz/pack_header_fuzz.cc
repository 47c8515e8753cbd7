// Any bytes as a pack header, as they are and with the checksum made right: what is accepted is written again
// as the same bytes.
#include "core/base/check.h"
#include "core/content/pack_header.h"

namespace {

using namespace dunlin;

constexpr std::size_t checked_size = pack_header_size - 4;

void parse(ByteView bytes) {
  const Result<PackHeader> header = parse_pack_header(bytes);
  if (!header) return;
  const Result<std::uint64_t> end = pack_table_end(bytes);
  CHECK(end && *end == header->table_end() && *end <= header->pack_size);
  CHECK(std::ranges::equal(to_bytes(*header), bytes.first(pack_header_size)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parse(ByteView(data, size));
  if (size < pack_header_size) return 0;
  Bytes sealed(data, data + size);
  const Digest digest = sha256(ByteView(sealed).first(checked_size));
  std::copy_n(digest.bytes.begin(), 4, sealed.begin() + checked_size);
  parse(sealed);
  return 0;
}
