#include "core/content/pack_index.h"

#include "core/content/pack_front.h"

namespace dunlin {

Result<std::optional<ImageIndex>> parse_pack_index(const ByteSource& pack) {
  Result<PackFront> front = read_pack_front(pack);
  if (!front) return fail(std::move(front.error()));
  if (!front->image_index) return std::optional<ImageIndex>();
  Result<ImageIndex> index = ImageIndex::parse(*front->image_index);
  if (!index) return fail(std::move(index.error()));
  if (index->image_size() != front->header.target_size)
    return fail(ErrorKind::bad_image, "image index: its chunks do not add up to the target's size");
  return std::optional<ImageIndex>(std::move(*index));
}

}  // namespace dunlin
