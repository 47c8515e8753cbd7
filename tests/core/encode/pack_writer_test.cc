#include "core/encode/pack_writer.h"

#include "core/content/pack_format.h"
#include "core/content/pack_front.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

Segment plain_segment(std::uint32_t length) {
  Segment segment;
  segment.encoding = SegmentEncoding::plain;
  segment.target_length = length;
  return segment;
}

TEST(PackWriter, MovesFramesBehindTheTableUnchanged) {
  // Frames of more than two copy blocks, so that the overlapping move is seen at block edges.
  FakeDisk disk;
  const std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::replace));
  PackWriter writer(*file, {{}, 3, std::nullopt, 0});
  const Bytes frames[] = {random_bytes(1'500'000, 1), random_bytes(1'000'000, 2), random_bytes(77, 3)};
  for (const Bytes& frame : frames) ASSERT_TRUE(writer.add(plain_segment(1), frame));

  const Result<std::uint64_t> size = writer.finish({});

  ASSERT_TRUE(size);
  const Bytes pack = *disk.get("/pack");
  EXPECT_EQ(*size, pack.size());
  const Result<PackTable> table = parse_pack_table(MemorySource(pack));
  ASSERT_TRUE(table) << table.error().message;
  for (std::size_t i = 0; i < 3; ++i) {
    const Segment& segment = table->segments[i];
    EXPECT_EQ(slice(pack, segment.frame_offset, segment.frame_offset + segment.frame_length), frames[i]);
  }
}

TEST(PackWriter, LeavesNoReadablePackWhenAnyWriteOrReadFails) {
  const auto write_all = [](FakeDisk& disk) -> Result<void> {
    Result<std::unique_ptr<File>> file = disk.open("/pack", OpenMode::replace);
    PackWriter writer(**file, {{}, 2, std::nullopt, 0});
    for (int i = 0; i < 2; ++i) {
      Result<void> added = writer.add(plain_segment(1), random_bytes(1'200'000, 1));
      if (!added) return added;
    }
    Result<std::uint64_t> size = writer.finish({});
    if (!size) return fail(std::move(size.error()));
    return {};
  };
  for (int nth = 1;; ++nth) {
    FakeDisk disk;
    disk.fail_write(nth);
    const Result<void> done = write_all(disk);
    if (done) {
      EXPECT_GT(nth, 5);
      break;
    }
    EXPECT_EQ(done.error().kind, ErrorKind::device);
    EXPECT_FALSE(parse_pack_table(MemorySource(*disk.get("/pack"))));
  }
  FakeDisk disk;
  disk.fail_read(2);
  EXPECT_EQ(write_all(disk).error().kind, ErrorKind::device);
}

TEST(PackWriter, LeavesOutAnIndexThatIsTooLarge) {
  for (const std::size_t size : {std::size_t{pack_index_size_max}, std::size_t{pack_index_size_max} + 1}) {
    FakeDisk disk;
    const std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::replace));
    PackWriter writer(*file, {{}, 1, std::nullopt, 0});
    ASSERT_TRUE(writer.add(plain_segment(1), Bytes(9)));
    ASSERT_TRUE(writer.finish(Bytes(size)));
    const Result<PackFront> front = read_pack_front(MemorySource(*disk.get("/pack")));
    ASSERT_TRUE(front);
    EXPECT_EQ(front->image_index.has_value(), size == pack_index_size_max);
  }
}

}  // namespace
}  // namespace dunlin
