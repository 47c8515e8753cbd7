#include "core/expand/squashfs_finder.h"

#include <algorithm>
#include <tuple>

#include "core/expand/packing_codec.h"
#include "core/expand/parallel.h"
#include "core/expand/squashfs_inodes.h"
#include "core/expand/squashfs_metadata.h"
#include "core/expand/squashfs_packing.h"

namespace dunlin {

namespace {

constexpr std::uint64_t fragment_table_entry = 16;
constexpr std::uint64_t id_table_entry = 4;
constexpr std::uint64_t export_table_entry = 8;

// The tables of one image; `found` gets their blocks.
class SquashfsTables {
 public:
  SquashfsTables(const SquashfsSuper& super, SquashfsMetadata& metadata)
      : super_(super), metadata_(metadata) {}

  Result<std::vector<SquashfsBlock>> read_all() {
    const std::uint64_t end = super_.bytes_used;
    Result<Bytes> inodes = metadata_.read(super_.inode_table, super_.directory_table);
    if (!inodes) return fail(std::move(inodes.error()));
    std::vector<SquashfsBlock> blocks = squashfs_file_blocks(*inodes, super_);
    inodes->clear();
    Result<Bytes> directories = metadata_.read(super_.directory_table, directories_end());
    if (!directories) return fail(std::move(directories.error()));
    Result<Bytes> fragments =
        metadata_.read_indexed(super_.fragment_table, super_.fragment_count * fragment_table_entry, end);
    if (!fragments) return fail(std::move(fragments.error()));
    const std::vector<SquashfsBlock> more = squashfs_fragment_blocks(*fragments);
    blocks.insert(blocks.end(), more.begin(), more.end());
    Result<Bytes> ids = metadata_.read_indexed(super_.id_table, super_.id_count * id_table_entry, end);
    if (!ids) return fail(std::move(ids.error()));
    Result<Bytes> exports =
        metadata_.read_indexed(super_.export_table, super_.inode_count * export_table_entry, end);
    if (!exports) return fail(std::move(exports.error()));
    return blocks;
  }

 private:
  // Behind the directories come the blocks of the next table, which have the same form: reading stops at the
  // nearest list of any table.
  std::uint64_t directories_end() const {
    std::uint64_t end = super_.bytes_used;
    for (const std::uint64_t table :
         {super_.fragment_table, super_.export_table, super_.id_table, super_.xattr_table})
      if (table > super_.directory_table) end = std::min(end, table);
    return end;
  }

  const SquashfsSuper& super_;
  SquashfsMetadata& metadata_;
};

bool by_place(const SquashfsBlock& a, const SquashfsBlock& b) {
  return std::tuple(a.begin, a.packed_length, a.plain_length) <
         std::tuple(b.begin, b.packed_length, b.plain_length);
}

// Files with the same content share blocks. Of blocks that overlap the first is kept: an honest image has
// none.
void drop_repeated(std::vector<SquashfsBlock>& blocks, const SquashfsSuper& super) {
  std::sort(blocks.begin(), blocks.end(), by_place);
  std::uint64_t at = 0;
  std::erase_if(blocks, [&](const SquashfsBlock& block) {
    if (block.begin < at || block.begin > super.bytes_used ||
        block.packed_length > super.bytes_used - block.begin || block.packed_length > super.block_size)
      return true;
    at = block.begin + block.packed_length;
    return false;
  });
}

// One thread's tools for decoding data blocks.
struct BlockProbe {
  std::unique_ptr<BlockCodec> codec;
  Bytes packed;
  Bytes plain;

  // The plain length of a block that decodes to what is said of it, else 0.
  Result<std::uint32_t> probe(const ByteSource& image, const SquashfsBlock& block, std::uint32_t block_size) {
    packed.resize(block.packed_length);
    plain.resize(block_size);
    Result<void> read = image.read(block.begin, packed);
    if (!read) return fail(std::move(read.error()));
    const Result<std::size_t> held = codec->decode(packed, plain);
    if (!held || (block.plain_length != 0 && *held != block.plain_length)) return 0U;
    return static_cast<std::uint32_t>(*held);
  }
};

Result<void> probe_all(const ByteSource& image, std::vector<SquashfsBlock>& blocks, std::uint32_t block_size,
                       const Packing& packing, const FindOptions& options) {
  std::vector<BlockProbe> probes(worker_count(options));
  for (BlockProbe& probe : probes) {
    Result<std::unique_ptr<BlockCodec>> codec = make_block_codec(packing);
    if (!codec) return fail(std::move(codec.error()));
    probe.codec = std::move(*codec);
  }
  return for_each_parallel(
      blocks.size(), options, [&](std::size_t worker, std::size_t index) -> Result<void> {
        const Result<std::uint32_t> held = probes[worker].probe(image, blocks[index], block_size);
        if (!held) return fail(Error(held.error()));
        blocks[index].plain_length = *held;
        return {};
      });
}

}  // namespace

Result<std::vector<FoundRun>> find_squashfs_blocks(const ByteSource& image, const FindOptions& options) {
  std::vector<FoundRun> found;
  const Result<std::optional<SquashfsSuper>> super = read_squashfs_super(image);
  if (!super) return fail(Error(super.error()));
  if (!*super) return found;
  const Result<std::vector<Packing>> packings = squashfs_packings(image, **super);
  if (!packings) return fail(Error(packings.error()));
  if (packings->empty()) return found;
  const Packing packing = packings->front();
  const Result<std::unique_ptr<BlockCodec>> codec = make_block_codec(packing);
  if (!codec) return found;  // options that no encoder has
  SquashfsMetadata metadata(image, **codec, packing, found);
  Result<std::vector<SquashfsBlock>> blocks = SquashfsTables(**super, metadata).read_all();
  if (!blocks) return fail(std::move(blocks.error()));
  drop_repeated(*blocks, **super);
  Result<void> probed = probe_all(image, *blocks, (*super)->block_size, packing, options);
  if (!probed) return fail(std::move(probed.error()));
  for (const SquashfsBlock& block : *blocks)
    if (block.plain_length > 0)
      found.push_back({.packed_begin = block.begin,
                       .packed_length = block.packed_length,
                       .plain_length = block.plain_length,
                       .packing = packing});
  return found;
}

}  // namespace dunlin
