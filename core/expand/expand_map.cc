#include "core/expand/expand_map.h"

namespace dunlin {

std::uint64_t ExpandLayer::packed_size() const {
  std::uint64_t size = 0;
  for (const ExpandedRun& run : runs) size += run.packed_length;
  return size;
}

std::uint64_t ExpandLayer::plain_size() const {
  std::uint64_t size = 0;
  for (const ExpandedRun& run : runs) size += run.plain_length;
  return size;
}

namespace {

Result<void> check_run(const ExpandLayer& layer, const ExpandedRun& run) {
  if (run.packed_length == 0 || run.plain_length == 0)
    return fail(ErrorKind::bad_image, "the expand map has an empty run");
  if (run.packed_length > expand_length_max || run.plain_length > expand_length_max)
    return fail(ErrorKind::bad_image, "the expand map has an impossibly long run");
  if (run.packing > layer.packings.size())
    return fail(ErrorKind::bad_image, "the expand map names a packing that it does not list");
  if (run.is_raw() && run.packed_length != run.plain_length)
    return fail(ErrorKind::bad_image, "the expand map has a raw run of two lengths");
  return {};
}

// The layer's plain size.
Result<std::uint64_t> check_layer(const ExpandLayer& layer, std::uint64_t packed_size) {
  std::uint64_t packed = 0;
  std::uint64_t plain = 0;
  for (const ExpandedRun& run : layer.runs) {
    Result<void> checked = check_run(layer, run);
    if (!checked) return fail(std::move(checked.error()));
    packed += run.packed_length;
    plain += run.plain_length;
    if (packed > packed_size || plain > expand_length_max)
      return fail(ErrorKind::bad_image, "the expand map is longer than what it opens");
  }
  if (packed != packed_size)
    return fail(ErrorKind::bad_image, "the expand map is shorter than what it opens");
  return plain;
}

}  // namespace

Result<void> check(const ExpandMap& map, std::uint64_t packed_size) {
  if (map.layers.size() > expand_layers_max)
    return fail(ErrorKind::bad_image, "the expand map has too many layers");
  for (const ExpandLayer& layer : map.layers) {
    Result<std::uint64_t> plain_size = check_layer(layer, packed_size);
    if (!plain_size) return fail(std::move(plain_size.error()));
    packed_size = *plain_size;
  }
  return {};
}

}  // namespace dunlin
