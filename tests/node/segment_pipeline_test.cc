#include "node/segment_pipeline.h"

#include "core/encode/pack_encoder.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/made_packs.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

// A pack that opens long runs, and a slot that forgets what was not synced.
class SegmentPipelineTest : public testing::Test {
 protected:
  SegmentPipelineTest() { slot_ = std::move(*disk_.open("/slot", OpenMode::replace)); }

  std::uint64_t segment_count() const { return table_.segments.size(); }
  std::uint64_t prefix_before(std::uint64_t segment) const {
    std::uint64_t prefix = table_.frames_offset;
    for (std::uint64_t i = 0; i < segment; ++i)
      prefix = std::max(prefix, table_.segments[i].frame_offset + table_.segments[i].frame_length);
    return prefix;
  }
  SegmentPipeline pipeline_from(std::uint64_t first) {
    return SegmentPipeline({table_, pack_, &base_, *slot_, clock_}, first);
  }
  // Decodes until the prefix ends, or the first sync that is due at the end.
  void run(SegmentPipeline& pipeline, std::uint64_t prefix) {
    while (!pipeline.is_starved(prefix)) {
      const Result<void> advanced = pipeline.advance(prefix);
      ASSERT_TRUE(advanced) << advanced.error().message;
    }
    ASSERT_TRUE(pipeline.sync());
  }

  ExpandedPack made_ = expanded_pack(
      ExpandedPair(150'000, 1, 3, {quick_packings[0], {PackingKind::lz4_legacy, {3, 0, 0}}}), 6'000);
  MemorySource pack_{made_.bytes};
  MemorySource base_{made_.base};
  PackTable table_ = *parse_pack_table(pack_);
  FakeDisk disk_;
  FakeClock clock_;
  std::unique_ptr<File> slot_;
};

TEST_F(SegmentPipelineTest, GoesOnInsideOpenedContentAfterEverySync) {
  for (std::uint64_t cut = 0; cut <= segment_count(); ++cut) {
    slot_ = std::move(*disk_.open("/slot", OpenMode::replace));
    std::uint64_t synced = 0;
    {
      SegmentPipeline first = pipeline_from(0);
      run(first, prefix_before(cut));
      synced = first.progress().next_segment;
    }
    SegmentPipeline second = pipeline_from(synced);
    run(second, made_.bytes.size());
    EXPECT_TRUE(second.is_done());
    ASSERT_EQ(*disk_.get("/slot"), made_.target) << "cut before segment " << cut;
  }
}

TEST_F(SegmentPipelineTest, SaysWhenACodecClosesOtherwise) {
  table_.target_map.layers[0].packings[0].parameters[0] = 19;
  SegmentPipeline pipeline = pipeline_from(0);
  Result<void> advanced;
  while (advanced && !pipeline.is_done()) advanced = pipeline.advance(made_.bytes.size());
  ASSERT_FALSE(advanced);
  EXPECT_EQ(advanced.error().kind, ErrorKind::bad_image);
  EXPECT_EQ(pipeline.fault(), DecodeFault::codec);
}

// A full pack, whose segments refer to what was written before them.
class FullPipelineTest : public testing::Test {
 protected:
  FullPipelineTest() {
    const std::unique_ptr<File> file = std::move(*disk_.open("/pack", OpenMode::replace));
    EncodeOptions options;
    options.level = 1;
    EXPECT_TRUE(encode_full_pack(MemorySource(image_), *file, options));
    pack_.emplace(*disk_.get("/pack"));
    table_ = *parse_pack_table(*pack_);
    slot_ = std::move(*disk_.open("/slot", OpenMode::replace));
  }
  std::uint64_t pack_size() const { return pack_->size(); }
  SegmentPipeline pipeline_from(std::uint64_t first) {
    return SegmentPipeline({table_, *pack_, nullptr, *slot_, clock_}, first);
  }
  // Writes and syncs the segments whose frames end before `prefix`; says how many are written.
  std::uint64_t write_up_to(std::uint64_t prefix, std::uint64_t first) {
    SegmentPipeline pipeline = pipeline_from(first);
    while (!pipeline.is_starved(prefix)) {
      const Result<void> advanced = pipeline.advance(prefix);
      EXPECT_TRUE(advanced) << advanced.error().message;
      if (!advanced) break;
    }
    EXPECT_TRUE(pipeline.sync());
    return pipeline.progress().next_segment;
  }

  Bytes image_ = joined({wordy_bytes(400'000, 1), Bytes(600'000), wordy_bytes(900'000, 1)});
  FakeDisk disk_;
  FakeClock clock_;
  std::optional<MemorySource> pack_;
  PackTable table_;
  std::unique_ptr<File> slot_;
};

TEST_F(FullPipelineTest, ReadsWhatSegmentsReferToFromTheSlotAfterEveryRestart) {
  for (const Segment& segment : table_.segments) {
    slot_ = std::move(*disk_.open("/slot", OpenMode::replace));

    const std::uint64_t synced = write_up_to(segment.frame_offset, 0);
    EXPECT_EQ(write_up_to(pack_size(), synced), table_.segments.size());

    ASSERT_EQ(*disk_.get("/slot"), image_) << "cut before " << segment.target_offset;
  }
}

TEST_F(FullPipelineTest, ASecondInstallOfTheSameImageWritesNoDataBlock) {
  write_up_to(pack_size(), 0);
  const std::uint64_t written_before = disk_.written_bytes();

  SegmentPipeline again = pipeline_from(0);
  while (!again.is_done()) ASSERT_TRUE(again.advance(pack_size()));
  ASSERT_TRUE(again.sync());

  EXPECT_EQ(again.progress().flash_compared, image_.size());
  EXPECT_EQ(again.progress().flash_written, 0u);
  EXPECT_EQ(disk_.written_bytes(), written_before);
}

TEST_F(FullPipelineTest, SaysThatTheSlotChangedUnderIt) {
  const Segment& last = table_.segments.back();
  ASSERT_EQ(last.encoding, SegmentEncoding::earlier);
  const std::uint64_t synced = write_up_to(last.frame_offset, 0);
  ASSERT_EQ(synced, table_.segments.size() - 1);
  Bytes slot = *disk_.get("/slot");
  std::fill(slot.end() - 100'000, slot.end(), std::uint8_t{7});
  disk_.put("/slot", slot);

  SegmentPipeline pipeline = pipeline_from(synced);
  const Result<void> advanced = pipeline.advance(pack_size());

  ASSERT_FALSE(advanced);
  EXPECT_EQ(advanced.error().kind, ErrorKind::bad_image);
  EXPECT_EQ(pipeline.fault(), DecodeFault::written);
}

}  // namespace
}  // namespace dunlin
