#include "core/expand/erofs_tree.h"

#include "core/expand/erofs_packing.h"

namespace dunlin {

namespace {

constexpr std::size_t entry_size = 12;

class ErofsWalk {
 public:
  ErofsWalk(const ByteSource& image, const ErofsSuperblock& superblock, const ErofsFileVisitor& visit)
      : image_(image),
        superblock_(superblock),
        visit_(visit),
        seen_(static_cast<std::size_t>(image.size() / erofs_inode_slot)),
        bytes_left_(image.size()) {}

  Result<void> run() {
    Result<void> walked = reach(superblock_.root);
    while (walked && !directories_.empty()) {
      const ErofsInode directory = directories_.back();
      directories_.pop_back();
      walked = read_directory(directory);
    }
    return walked;
  }

 private:
  Result<void> reach(std::uint64_t number) {
    if (number >= seen_.size() || seen_[static_cast<std::size_t>(number)]) return {};
    seen_[static_cast<std::size_t>(number)] = true;
    Result<std::optional<ErofsInode>> inode = read_erofs_inode(image_, superblock_, number);
    if (!inode) return fail(std::move(inode.error()));
    if (!*inode) return {};
    if ((*inode)->type == ErofsInodeType::file) return visit_(**inode);
    if ((*inode)->type == ErofsInodeType::directory) directories_.push_back(**inode);
    return {};
  }

  Result<void> read_directory(const ErofsInode& directory) {
    std::array<std::uint8_t, erofs_block_size> block{};
    for (std::uint64_t at = 0; at < directory.size; at += block.size()) {
      const std::size_t count =
          static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), directory.size - at));
      const std::uint64_t offset = offset_of(directory, at, count);
      // No image has more bytes in its directories than it has at all: one that lies ends here.
      if (count > bytes_left_ || offset > image_.size() || count > image_.size() - offset) return {};
      bytes_left_ -= count;
      Result<void> done = image_.read(offset, ByteSpan(block).first(count));
      if (done) done = reach_entries(ByteView(block).first(count));
      if (!done) return done;
    }
    return {};
  }

  static std::uint64_t offset_of(const ErofsInode& directory, std::uint64_t at, std::size_t count) {
    const bool is_tail = count < erofs_block_size && directory.layout == ErofsDataLayout::inline_tail;
    return is_tail ? directory.end_offset : directory.data_block * erofs_block_size + at;
  }

  Result<void> reach_entries(ByteView block) {
    // Names begin behind the last entry: where the first begins tells how many there are.
    ByteReader first(block);
    first.u64();
    const std::size_t count = std::min<std::size_t>(first.u16(), block.size()) / entry_size;
    for (std::size_t i = 0; i < count; ++i) {
      Result<void> reached = reach(ByteReader(block.subspan(i * entry_size)).u64());
      if (!reached) return reached;
    }
    return {};
  }

  const ByteSource& image_;
  const ErofsSuperblock& superblock_;
  const ErofsFileVisitor& visit_;
  std::vector<bool> seen_;
  std::vector<ErofsInode> directories_;
  std::uint64_t bytes_left_;
};

}  // namespace

Result<void> visit_erofs_files(const ByteSource& image, const ErofsSuperblock& superblock,
                               const ErofsFileVisitor& visit) {
  return ErofsWalk(image, superblock, visit).run();
}

}  // namespace dunlin
