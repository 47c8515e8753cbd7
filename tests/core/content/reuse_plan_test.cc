// Plans on random images and edits are carried out as the node does it: segment by segment into the spare
// slot, local ones from the slots as they are at that moment, the others from the target itself.
#include "core/content/reuse_plan.h"

#include "core/content/chunk_scan.h"
#include "core/content/segment_builder.h"
#include "tests/fakes/encoded_images.h"
#include "tests/fakes/written_image.h"

namespace dunlin {
namespace {

constexpr ChunkerOptions small{256, 1024, 4096};

// A full pack's table with segments of `chunks_each` chunks and frames of a third of their bytes.
PackTable table_of(const Bytes& target, const ImageIndex& index, std::size_t chunks_each) {
  PackTable table;
  table.target_size = target.size();
  table.frames_offset = 1'000;
  std::uint64_t frame = table.frames_offset;
  const std::vector<Chunk>& chunks = index.chunks();
  for (std::size_t i = 0; i < chunks.size(); i += chunks_each) {
    const Chunk& last = chunks[std::min(i + chunks_each, chunks.size()) - 1];
    Segment segment;
    segment.target_offset = chunks[i].offset;
    segment.target_length = static_cast<std::uint32_t>(last.offset + last.length - chunks[i].offset);
    segment.digest = sha256(ByteView(target).subspan(segment.target_offset, segment.target_length));
    segment.encoding = SegmentEncoding::plain;
    segment.frame_offset = frame;
    segment.frame_length = segment.target_length / 3 + 1;
    frame += segment.frame_length;
    table.segments.push_back(segment);
  }
  return table;
}

// Some of: bytes changed, inserted, removed, moved, repeated.
Bytes edited(Bytes bytes, SeededRandom& random, int edits) {
  for (int i = 0; i < edits && bytes.size() > 4'000; ++i) {
    const std::size_t at = random.below(bytes.size() - 3'000);
    const std::size_t length = 1 + random.below(2'500);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = begin + static_cast<std::ptrdiff_t>(length);
    const Bytes part(begin, end);
    const Bytes fresh = random_bytes(length, random.below(1u << 30));
    const auto kind = random.below(4);
    if (kind == 0) std::copy(fresh.begin(), fresh.end(), begin);
    if (kind == 1) bytes.insert(begin, fresh.begin(), fresh.end());
    if (kind == 2) bytes.erase(begin, end);
    if (kind == 3) {
      const std::size_t to = random.below(bytes.size());
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(to), part.begin(), part.end());
    }
  }
  return bytes;
}

struct Device {
  Bytes booted;
  WrittenImage spare;

  // Searches both slots, as a node does at every start.
  ReusePlan plan(const PackTable& table, const ImageIndex& index, std::size_t first) const {
    ChunkInventory inventory(index);
    const MemorySource running(booted);
    ChunkScan booted_scan(LocalImage::booted, running, inventory);
    ChunkScan spare_scan(LocalImage::spare, spare, inventory);
    EXPECT_TRUE(booted_scan.advance(1u << 30));
    EXPECT_TRUE(spare_scan.advance(1u << 30));
    return ReusePlan(table, inventory, first);
  }
};

// Installs segments [first, end); returns how many were built here.
int install(Device& device, const PackTable& table, const ReusePlan& plan, const Bytes& target,
            std::size_t first, std::size_t end) {
  const MemorySource booted(device.booted);
  SegmentBuilder builder(&booted, device.spare);
  int local = 0;
  for (std::size_t i = first; i < end; ++i) {
    const Segment& segment = table.segments[i];
    ByteView bytes = ByteView(target).subspan(segment.target_offset, segment.target_length);
    if (plan.is_local(i)) {
      Result<ByteView> built = builder.build(segment, plan.copies(i));
      EXPECT_TRUE(built) << "segment " << i << ": " << built.error().message;
      if (built) bytes = *built;
      ++local;
    }
    device.spare.write(segment.target_offset, bytes);
  }
  return local;
}

TEST(ReusePlan, BuildsEverySegmentRightFromRandomlyEditedSlots) {
  int local = 0;
  int segments = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    SeededRandom random(seed);
    const Bytes base = random_bytes(20'000 + random.below(80'000), seed);
    const Bytes target = edited(base, random, static_cast<int>(random.below(8)));
    Device device{edited(base, random, static_cast<int>(random.below(20))),
                  WrittenImage(edited(base, random, static_cast<int>(random.below(20))))};
    const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
    const PackTable table = table_of(target, index, 1 + random.below(6));
    const std::size_t count = table.segments.size();

    const std::size_t cut = random.below(count + 1);
    const ReusePlan plan = device.plan(table, index, 0);
    local += install(device, table, plan, target, 0, cut);
    // A power cut; the checkpoint is behind what was written, and the slots are searched again.
    const std::size_t checkpoint = random.below(cut + 1);
    const ReusePlan again = device.plan(table, index, checkpoint);
    local += install(device, table, again, target, checkpoint, count);

    device.spare.bytes.resize(target.size());
    ASSERT_EQ(device.spare.bytes, target) << "seed " << seed;
    segments += static_cast<int>(count);
  }
  EXPECT_GT(local, segments / 3);  // the test tests something
}

TEST(ReusePlan, TakesNothingFromTheSpareSlotThatIsOverwrittenBefore) {
  const Bytes target = random_bytes(60'000, 1);
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  const PackTable table = table_of(target, index, 4);
  // The spare slot holds the target's end at its beginning, and nothing else of it.
  Device device{{}, WrittenImage(slice(target, 40'000, 60'000))};

  const ReusePlan plan = device.plan(table, index, 0);

  EXPECT_EQ(plan.local_size(), 0u);
}

TEST(ReusePlan, TakesFromTheSpareSlotWhatLiesFurtherBehind) {
  const Bytes target = random_bytes(60'000, 2);
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  const PackTable table = table_of(target, index, 4);
  Device device{{}, WrittenImage(joined({random_bytes(9'000, 3), target}))};

  const ReusePlan plan = device.plan(table, index, 0);
  const int local = install(device, table, plan, target, 0, table.segments.size());

  EXPECT_GE(local, static_cast<int>(table.segments.size()) - 2);
  EXPECT_EQ(slice(device.spare.bytes, 0, target.size()), target);
}

TEST(ReusePlan, FetchesRepeatedContentOnce) {
  const Bytes part = random_bytes(40'000, 4);
  const Bytes target = joined({part, part});
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  const PackTable table = table_of(target, index, 1);
  Device device{{}, WrittenImage()};

  const ReusePlan plan = device.plan(table, index, 0);
  const int local = install(device, table, plan, target, 0, table.segments.size());

  EXPECT_GT(local, static_cast<int>(table.segments.size()) * 2 / 5);
  EXPECT_EQ(device.spare.bytes, target);
}

TEST(ReusePlan, WantsTheTableAndTheFramesOfWhatIsMissing) {
  const Bytes target = random_bytes(80'000, 5);
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  const PackTable table = table_of(target, index, 3);
  Bytes known = target;
  for (std::size_t at = 30'000; at < 50'000; ++at) known[at] ^= 1;
  const Device device{known, WrittenImage()};

  const ReusePlan plan = device.plan(table, index, 0);

  const std::vector<ByteRange> wanted = plan.wanted();
  ASSERT_EQ(wanted.size(), 2u);
  EXPECT_EQ(wanted[0], (ByteRange{0, table.frames_offset}));
  std::uint64_t frames = 0;
  std::uint64_t fetched = 0;
  for (std::size_t i = 0; i < table.segments.size(); ++i) {
    const Segment& segment = table.segments[i];
    const bool is_wanted = wanted[1].offset <= segment.frame_offset && segment.frame_offset < wanted[1].end();
    EXPECT_EQ(is_wanted, !plan.is_local(i)) << i;
    frames += is_wanted ? segment.frame_length : 0;
    fetched += is_wanted ? segment.target_length : 0;
  }
  EXPECT_EQ(wanted[1].length, frames);
  EXPECT_EQ(plan.wanted_size(), table.frames_offset + frames);
  EXPECT_EQ(plan.local_size() + fetched, target.size());
  EXPECT_LT(fetched, 50'000u);
}

TEST(ReusePlan, WantsNoFrameOfSegmentsThatAreInTheSlotAlready) {
  const Bytes target = random_bytes(50'000, 6);
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  const PackTable table = table_of(target, index, 2);
  const ChunkInventory nothing(index);

  const ReusePlan plan(table, nothing, table.segments.size() - 1);

  ASSERT_EQ(plan.wanted().size(), 2u);
  EXPECT_EQ(plan.wanted()[1].offset, table.segments.back().frame_offset);
  EXPECT_EQ(plan.local_size(), table.segments.back().target_offset);
}

TEST(ReusePlan, FetchesASegmentThatWasGivenUp) {
  const Bytes target = random_bytes(50'000, 7);
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  const PackTable table = table_of(target, index, 2);
  const Device device{target, WrittenImage()};
  ReusePlan plan = device.plan(table, index, 0);
  ASSERT_EQ(plan.wanted_size(), table.frames_offset);

  plan.give_up(3);

  EXPECT_FALSE(plan.is_local(3));
  EXPECT_EQ(plan.wanted_size(), table.frames_offset + table.segments[3].frame_length);
}

TEST(ReusePlan, FetchesSegmentsThatDoNotEndWhereChunksEnd) {
  const Bytes target = random_bytes(50'000, 8);
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  PackTable table = table_of(target, index, 4);
  table.segments[1].target_length -= 1;
  table.segments[2].target_offset -= 1;
  table.segments[2].target_length += 1;
  const Device device{target, WrittenImage()};

  const ReusePlan plan = device.plan(table, index, 0);

  EXPECT_TRUE(plan.is_local(0));
  EXPECT_FALSE(plan.is_local(1));
  EXPECT_FALSE(plan.is_local(2));
  EXPECT_TRUE(plan.is_local(3));
}

TEST(ReusePlan, SaysHowMuchIsHere) {
  const Bytes target = random_bytes(3'000'000, 9);
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  const PackTable table = table_of(target, index, 4);
  const Device device{target, WrittenImage()};

  EXPECT_EQ(device.plan(table, index, 0).sentence(), "3.0 of 3.0 MB are on this device");
  EXPECT_EQ(ReusePlan(table).sentence(), "0.0 of 3.0 MB are on this device");
}

TEST(SegmentBuilder, RefusesBytesThatAreNotTheSegmentsAnyMore) {
  const Bytes target = random_bytes(20'000, 10);
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  const PackTable table = table_of(target, index, 3);
  const Device device{target, WrittenImage()};
  const ReusePlan plan = device.plan(table, index, 0);
  Bytes changed = target;
  changed[table.segments[1].target_offset] ^= 1;
  const MemorySource booted(changed);
  SegmentBuilder builder(&booted, device.spare);

  EXPECT_TRUE(builder.build(table.segments[0], plan.copies(0)));
  Result<ByteView> built = builder.build(table.segments[1], plan.copies(1));

  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().kind, ErrorKind::bad_image);
}

TEST(SegmentBuilder, PassesReadFailuresOn) {
  const Bytes target = random_bytes(20'000, 11);
  const ImageIndex index = *ImageIndex::build(MemorySource(target), small);
  const PackTable table = table_of(target, index, 3);
  const Device device{target, WrittenImage()};
  const ReusePlan plan = device.plan(table, index, 0);
  const BrokenSource broken(target, 10);
  SegmentBuilder builder(&broken, device.spare);

  EXPECT_EQ(builder.build(table.segments[0], plan.copies(0)).error().kind, ErrorKind::device);
}

}  // namespace
}  // namespace dunlin
