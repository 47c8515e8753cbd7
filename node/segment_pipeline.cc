#include "node/segment_pipeline.h"

#include <fmt/format.h>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr std::uint64_t unsynced_bytes_max = 32u << 20;
constexpr std::chrono::milliseconds unsynced_time_max{1'000};

// Pack bytes that must be there before this segment decodes.
std::uint64_t frame_end(const Segment& segment) {
  return segment.frame_length == 0 ? 0 : segment.frame_offset + segment.frame_length;
}

}  // namespace

SegmentPipeline::SegmentPipeline(Parts parts, std::uint64_t first_segment)
    : table_(parts.table),
      clock_(parts.clock),
      reuse_(parts.reuse),
      tail_(parts.slot, parts.table.target_size),
      assembler_(parts.table, parts.pack, parts.base),
      synced_segment_(first_segment),
      unsynced_since_(parts.clock.steady()) {
  CHECK(first_segment <= table_.segments.size());
  progress_.next_segment = first_segment;
  progress_.target_bytes = first_segment == table_.segments.size()
                               ? table_.target_size
                               : table_.segments[first_segment].target_offset;
  synced_target_bytes_ = progress_.target_bytes;
  assembler_.use_written(tail_, progress_.target_bytes);
}

bool SegmentPipeline::is_starved(std::uint64_t pack_prefix) const {
  if (is_done() || is_local()) return is_done();
  return wants_changed_ || frame_end(table_.segments[progress_.next_segment]) > pack_prefix;
}

bool SegmentPipeline::sync_due() const {
  if (!has_unsynced()) return false;
  return is_done() || progress_.target_bytes - synced_target_bytes_ >= unsynced_bytes_max ||
         clock_.steady() - unsynced_since_ >= unsynced_time_max;
}

Result<void> SegmentPipeline::advance(std::uint64_t pack_prefix) {
  Result<void> decoded = decode_ahead(pack_prefix);
  Result<void> drained = tail_.drain();
  progress_.flash_written = tail_.written_bytes();
  progress_.flash_compared = tail_.compared_bytes();
  return decoded ? drained : decoded;
}

Result<void> SegmentPipeline::decode_ahead(std::uint64_t pack_prefix) {
  while (!is_starved(pack_prefix)) {
    const Segment& segment = table_.segments[progress_.next_segment];
    if (!has_unsynced()) unsynced_since_ = clock_.steady();
    Result<bool> installed = install(segment);
    if (!installed)
      return fail(std::move(installed.error()), fmt::format("segment {}", progress_.next_segment));
    if (!*installed) break;
    ++progress_.next_segment;
    progress_.target_bytes = segment.target_offset + segment.target_length;
    if (sync_due()) break;
  }
  return {};
}

Result<bool> SegmentPipeline::install(const Segment& segment) {
  const bool local = is_local();
  Result<ByteView> bytes = build_or_decode();
  if (!bytes && local) {
    wants_changed_ = true;
    return false;
  }
  if (!bytes) return fail(std::move(bytes.error()));
  Result<void> put = tail_.put(segment.target_offset, *bytes);
  if (!put) return fail(std::move(put.error()));
  assembler_.use_written(tail_, segment.target_offset + segment.target_length);
  if (local || segment.encoding == SegmentEncoding::copy) progress_.slot_bytes += segment.target_length;
  return true;
}

Result<ByteView> SegmentPipeline::build_or_decode() {
  if (!is_local()) return assembler_.decode(progress_.next_segment);
  // What it is built of may be in the spare slot, which nobody else changes meanwhile.
  Result<void> drained = tail_.drain();
  if (!drained) return fail(std::move(drained.error()));
  return reuse_->build(progress_.next_segment);
}

Result<void> SegmentPipeline::sync() {
  Result<void> synced = tail_.sync();
  if (!synced) return fail(std::move(synced.error()), "syncing the spare slot");
  synced_segment_ = progress_.next_segment;
  synced_target_bytes_ = progress_.target_bytes;
  return {};
}

}  // namespace dunlin
