// Any bytes as a release manifest. What is taken keeps the promises of its header, and is the same release
// when it is written and read again.
#include "core/base/check.h"
#include "core/trust/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  const Result<Manifest> manifest = parse_manifest(ByteView(data, size));
  if (!manifest) return 0;
  CHECK(!manifest->images.empty() && check_manifest(*manifest));
  for (const ImageEntry& image : manifest->images) {
    std::size_t full = 0;
    for (const PackEntry& pack : image.packs) full += pack.base ? 0 : 1;
    CHECK(full == 1);
  }
  const Result<Manifest> again = parse_manifest(as_bytes(to_json(*manifest)));
  CHECK(again && *again == *manifest);
  return 0;
}
