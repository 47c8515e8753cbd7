#include "core/encode/segment_output.h"

#include "core/codec/zstd.h"

namespace dunlin {

namespace {

// Counts what goes by, for the summary and the progress callback.
class SegmentTally {
 public:
  SegmentTally(const PackIdentity& identity, const EncodeOptions& options) : options_(options) {
    summary_.target_id = identity.target_id;
    summary_.target_size = identity.target_size;
  }
  void add(const Segment& segment) {
    if (segment.encoding == SegmentEncoding::copy) summary_.copied_bytes += segment.target_length;
    if (segment.encoding == SegmentEncoding::zero) summary_.zero_bytes += segment.target_length;
    done_ += segment.target_length;
    if (options_.on_progress) options_.on_progress({EncodePhase::compressing, done_, summary_.target_size});
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

std::string part_name(std::size_t part) {
  return "part " + std::to_string(part);
}

std::size_t weight_of(const EncodedRun& run) {
  std::size_t weight = 0;
  for (const EncodedSegment& encoded : run) weight += encoded.frame.size();
  return weight;
}

}  // namespace

Result<void> check_encode_call(File& output, const EncodeOptions& options) {
  if (options.level < codec_level_min || options.level > codec_level_max)
    return fail(ErrorKind::usage,
                "compression level " + std::to_string(options.level) + " is not between 1 and 22");
  if (options.threads < 1) return fail(ErrorKind::usage, "encoding needs at least one thread");
  Result<std::uint64_t> size = output.size();
  if (!size) return fail(std::move(size.error()), "writing the pack");
  if (*size != 0) return fail(ErrorKind::usage, "the file for the new pack is not empty");
  return {};
}

std::unique_ptr<WorkShelf> open_shelf(const EncodeOptions& options, ByteView identity) {
  if (options.disk == nullptr || options.work_folder.empty()) return nullptr;
  return std::make_unique<WorkShelf>(*options.disk, options.work_folder, identity);
}

Result<EncodedRun> SegmentOutput::encode(const Encoder& encoder, std::size_t part) const {
  if (shelf_ != nullptr) {
    const std::optional<Bytes> kept = shelf_->find(part_name(part));
    if (kept) {
      Result<EncodedRun> encoded = parse_encoded_run(*kept);
      if (encoded) return encoded;
    }
  }
  Result<EncodedRun> encoded = encoder(part);
  // What has no frame is made faster than it is read.
  if (encoded && shelf_ != nullptr && weight_of(*encoded) > 0)
    shelf_->keep(part_name(part), to_bytes(*encoded));
  return encoded;
}

Result<EncodeSummary> SegmentOutput::write(const PackIdentity& identity, std::size_t count,
                                           std::vector<Encoder> encoders, ByteView image_index) {
  PackWriter writer(output_, identity);
  SegmentTally tally(identity, options_);
  std::vector<OrderedWork<EncodedRun>::Maker> makers;
  makers.reserve(encoders.size());
  for (const Encoder& encoder : encoders)
    makers.emplace_back([this, &encoder](std::size_t part) { return encode(encoder, part); });
  const auto consume = [&](std::size_t, EncodedRun run) -> Result<void> {
    for (EncodedSegment& encoded : run) {
      tally.add(encoded.segment);
      Result<void> added = writer.add(std::move(encoded.segment), encoded.frame);
      if (!added) return added;
    }
    return {};
  };
  OrderedWork<EncodedRun> encoding(count, options_.cancel, weight_of);
  Result<void> encoded = encoding.run(makers, consume);
  if (!encoded) return fail(std::move(encoded.error()));
  Result<std::uint64_t> size = writer.finish(image_index);
  if (!size) return fail(std::move(size.error()));
  return tally.finish(*size);
}

}  // namespace dunlin
