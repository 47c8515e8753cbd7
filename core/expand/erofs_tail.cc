#include "core/expand/erofs_tail.h"

#include <algorithm>

#include "core/expand/erofs_packing.h"

namespace dunlin {

namespace {

class ErofsTailCodec final : public BlockCodec {
 public:
  explicit ErofsTailCodec(std::size_t length_before) : length_before_(length_before) {}

  Result<void> encode(ByteView plain, Bytes& packed) override {
    if (plain.size() < length_before_)
      return fail(ErrorKind::bad_image, "the last bytes of a file are too few");
    packed.resize(plain.size());
    std::ranges::rotate_copy(plain, plain.end() - static_cast<std::ptrdiff_t>(length_before_),
                             packed.begin());
    return {};
  }

  Result<std::size_t> decode(ByteView packed, ByteSpan plain) override {
    if (packed.size() < length_before_ || packed.size() > plain.size())
      return fail(ErrorKind::bad_image, "the last bytes of a file have another length");
    std::ranges::rotate_copy(packed, packed.begin() + static_cast<std::ptrdiff_t>(length_before_),
                             plain.begin());
    return packed.size();
  }

 private:
  std::size_t length_before_;
};

}  // namespace

std::unique_ptr<BlockCodec> make_erofs_tail_codec(std::uint32_t length_before) {
  return std::make_unique<ErofsTailCodec>(length_before);
}

std::optional<FoundRun> erofs_tail_of(const ErofsInode& file, std::uint64_t image_size) {
  const std::uint64_t tail = file.size % erofs_block_size;
  if (file.layout != ErofsDataLayout::inline_tail || file.size < erofs_tail_file_min || tail == 0)
    return std::nullopt;
  const std::uint64_t blocks_end = file.data_block * erofs_block_size + (file.size - tail);
  if (file.end_offset <= blocks_end || file.end_offset - blocks_end >= erofs_block_size) return std::nullopt;
  if (file.end_offset > image_size || tail > image_size - file.end_offset) return std::nullopt;
  const std::uint64_t before = file.end_offset - blocks_end;
  return FoundRun{.packed_begin = blocks_end,
                  .packed_length = before + tail,
                  .plain_length = before + tail,
                  .packing = {PackingKind::erofs_tail, {static_cast<std::uint32_t>(before), 0, 0}}};
}

}  // namespace dunlin
