#include "core/encode/pack_encoder.h"

#include "core/content/image_index.h"
#include "core/encode/delta_encoder.h"
#include "core/encode/full_encoder.h"
#include "core/encode/segment_output.h"

namespace dunlin {

namespace {

struct FullPlan {
  Digest target_id;
  std::vector<PlannedSegment> segments;
  ImageIndex index;
};

Result<FullPlan> plan_full(const ByteSource& target, const EncodeOptions& options) {
  const ChunkerOptions chunking;
  Chunker chunker(target, chunking);
  Sha256 hash;
  FullPlanner planner(target.size());
  std::vector<Chunk> chunks;
  while (true) {
    if (options.cancel != nullptr && *options.cancel)
      return fail(ErrorKind::cancelled, "encoding was cancelled");
    Result<std::optional<Chunk>> chunk = chunker.next();
    if (!chunk) return fail(std::move(chunk.error()), "reading the target image");
    if (!*chunk) break;
    hash.add(chunker.bytes());
    planner.add(**chunk, chunker.is_zero());
    chunks.push_back(**chunk);
    if (options.on_progress)
      options.on_progress({EncodePhase::reading, (*chunk)->offset + (*chunk)->length, target.size()});
  }
  return FullPlan{hash.finish(), planner.finish(), ImageIndex::from_chunks(std::move(chunks), chunking)};
}

// Segments are made some at a time, so that what is kept of an unfinished encoding are not thousands of
// files.
constexpr std::uint64_t full_part_size = 2u << 20;

// Where parts of the plan begin, and where the last one ends.
std::vector<std::size_t> cut_into_parts(const std::vector<PlannedSegment>& plan) {
  std::vector<std::size_t> cuts;
  std::uint64_t part_end = 0;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i].begin.packed < part_end) continue;
    cuts.push_back(i);
    part_end = plan[i].begin.packed + full_part_size;
  }
  cuts.push_back(plan.size());
  return cuts;
}

Bytes full_identity(const FullPlan& plan, int level) {
  ByteWriter writer;
  writer.bytes(as_bytes("full pack of chunks " + zstd_version()));
  writer.u32(static_cast<std::uint32_t>(level));
  writer.bytes(plan.target_id.bytes);
  return writer.take();
}

}  // namespace

Result<EncodeSummary> encode_full_pack(const ByteSource& target, File& output, const EncodeOptions& options) {
  Result<void> valid = check_encode_call(output, options);
  if (!valid) return fail(std::move(valid.error()));
  Result<FullPlan> plan = plan_full(target, options);
  if (!plan) return fail(std::move(plan.error()));
  const std::unique_ptr<WorkShelf> shelf = open_shelf(options, full_identity(*plan, options.level));
  Result<BaseIndex> index = BaseIndex::build(target, 0, options.cancel);
  if (!index) return fail(std::move(index.error()));
  const FullCut cut{target, plan->segments, *index};
  const std::vector<std::size_t> parts = cut_into_parts(plan->segments);
  std::vector<SegmentOutput::Encoder> encoders;
  for (int i = 0; i < options.threads; ++i) {
    auto encoder = std::make_shared<FullEncoder>(cut, options.level);
    encoders.emplace_back(
        [encoder, &parts](std::size_t part) { return encoder->encode(parts[part], parts[part + 1]); });
  }
  PackIdentity identity;
  identity.target_id = plan->target_id;
  identity.target_size = target.size();
  return SegmentOutput(output, options, shelf.get())
      .write(identity, parts.size() - 1, std::move(encoders), plan->index.serialise());
}

Result<EncodeSummary> encode_delta_pack(const ByteSource& target, const ByteSource& base, File& output,
                                        const EncodeOptions& options) {
  Result<void> valid = check_encode_call(output, options);
  if (!valid) return fail(std::move(valid.error()));
  return DeltaEncoder(target, base, output, options).run();
}

}  // namespace dunlin
