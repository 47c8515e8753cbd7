#include "core/content/pack_encoder.h"

#include <future>

#include "core/content/encode_pool.h"
#include "core/content/image_index.h"
#include "core/content/pack_writer.h"
#include "core/content/target_scan.h"

namespace dunlin {

namespace {

Result<void> check_call(File& output, const EncodeOptions& options) {
  if (options.level < codec_level_min || options.level > codec_level_max)
    return fail(ErrorKind::usage,
                "compression level " + std::to_string(options.level) + " is not between 1 and 22");
  if (options.threads < 1) return fail(ErrorKind::usage, "encoding needs at least one thread");
  Result<std::uint64_t> size = output.size();
  if (!size) return fail(std::move(size.error()), "writing the pack");
  if (*size != 0) return fail(ErrorKind::usage, "the file for the new pack is not empty");
  return {};
}

// Counts what goes by, for the summary and the progress callback.
class Tally {
 public:
  Tally(const PackIdentity& identity, const EncodeOptions& options) : options_(options) {
    summary_.target_id = identity.target_id;
    summary_.target_size = identity.target_size;
  }
  void add(const Segment& segment) {
    if (segment.encoding == SegmentEncoding::copy) summary_.copied_bytes += segment.target_length;
    if (segment.encoding == SegmentEncoding::zero) summary_.zero_bytes += segment.target_length;
    done_ += segment.target_length;
    if (options_.on_progress) options_.on_progress(done_, summary_.target_size);
  }
  EncodeSummary finish(std::uint64_t pack_size) {
    summary_.pack_size = pack_size;
    return summary_;
  }

 private:
  const EncodeOptions& options_;
  EncodeSummary summary_;
  std::uint64_t done_ = 0;
};

std::vector<SegmentEncoder> make_encoders(const ByteSource& target, const EncoderBase* base, std::size_t work,
                                          const EncodeOptions& options) {
  std::vector<SegmentEncoder> encoders;
  const std::size_t count = std::min(work, static_cast<std::size_t>(options.threads));
  for (std::size_t i = 0; i < count; ++i) encoders.emplace_back(target, base, options.level);
  return encoders;
}

struct FullPlan {
  Digest target_id;
  std::vector<PlannedSegment> segments;
  ImageIndex index;
};

Result<FullPlan> plan_full(const ByteSource& target, const std::atomic<bool>* cancel) {
  const ChunkerOptions chunking;
  Chunker chunker(target, chunking);
  Sha256 hash;
  FullPlanner planner;
  std::vector<Chunk> chunks;
  while (true) {
    if (cancel != nullptr && *cancel) return fail(ErrorKind::cancelled, "encoding was cancelled");
    Result<std::optional<Chunk>> chunk = chunker.next();
    if (!chunk) return fail(std::move(chunk.error()), "reading the target image");
    if (!*chunk) break;
    hash.add(chunker.bytes());
    planner.add(**chunk, chunker.is_zero());
    chunks.push_back(**chunk);
  }
  return FullPlan{hash.finish(), planner.finish(), ImageIndex::from_chunks(std::move(chunks), chunking)};
}

struct PackJob {
  PackIdentity identity;
  const std::vector<PlannedSegment>& plan;
  std::vector<SegmentEncoder> encoders;
  Bytes image_index;
};

Result<EncodeSummary> write_pack(PackJob job, File& output, const EncodeOptions& options) {
  PackWriter writer(output, job.identity);
  Tally tally(job.identity, options);
  const auto consume = [&writer, &tally](EncodedSegment encoded) -> Result<void> {
    tally.add(encoded.segment);
    return writer.add(std::move(encoded.segment), encoded.frame);
  };
  Result<void> encoded = EncodePool(job.plan, options).run(std::move(job.encoders), consume);
  if (!encoded) return fail(std::move(encoded.error()));
  Result<std::uint64_t> size = writer.finish(job.image_index);
  if (!size) return fail(std::move(size.error()));
  return tally.finish(*size);
}

}  // namespace

Result<EncodeSummary> encode_full_pack(const ByteSource& target, File& output, const EncodeOptions& options) {
  Result<void> valid = check_call(output, options);
  if (!valid) return fail(std::move(valid.error()));
  Result<FullPlan> plan = plan_full(target, options.cancel);
  if (!plan) return fail(std::move(plan.error()));
  PackJob job{{plan->target_id, target.size(), std::nullopt, 0},
              plan->segments,
              make_encoders(target, nullptr, plan->segments.size(), options),
              plan->index.serialise()};
  return write_pack(std::move(job), output, options);
}

Result<EncodeSummary> encode_delta_pack(const ByteSource& target, const ByteSource& base, File& output,
                                        const EncodeOptions& options) {
  Result<void> valid = check_call(output, options);
  if (!valid) return fail(std::move(valid.error()));
  const auto policy = options.threads > 1 ? std::launch::async : std::launch::deferred;
  std::future<Result<BaseIndex>> indexing =
      std::async(policy, [&base, &options] { return BaseIndex::build(base, options.cancel); });
  Result<TargetScan> scan = scan_target(target, base, options.cancel);
  Result<BaseIndex> index = indexing.get();
  if (!scan) return fail(std::move(scan.error()));
  if (!index) return fail(std::move(index.error()));
  const std::vector<PlannedSegment> plan = plan_delta(scan->runs);
  const EncoderBase encoder_base{base, *index};
  PackJob job{{scan->id, target.size(), index->base_id(), base.size()},
              plan,
              make_encoders(target, &encoder_base, plan.size(), options),
              {}};
  return write_pack(std::move(job), output, options);
}

}  // namespace dunlin
