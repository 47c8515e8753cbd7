#include "seeder/image_restore.h"

namespace dunlin {

namespace {

tl::unexpected<Error> interrupted() {
  return fail(ErrorKind::cancelled, "interrupted; the same command again goes on where it stopped");
}

}  // namespace

Result<std::size_t> ImageRestore::find_present(const std::atomic<bool>& cancel) {
  Bytes bytes;
  std::size_t count = 0;
  for (const Segment& segment : source_.table.segments) {
    if (cancel) return interrupted();
    if (segment.target_offset + segment.target_length > output_.present()) break;
    bytes.resize(segment.target_length);
    Result<void> read = output_.read(segment.target_offset, bytes);
    if (!read) return fail(std::move(read.error()));
    if (sha256(bytes) != segment.digest) break;
    image_digest_.add(bytes);
    ++count;
  }
  return count;
}

Result<void> ImageRestore::write_segment(Assembler& assembler, SegmentSink& sink, std::size_t index) {
  const Segment& segment = source_.table.segments[index];
  const bool is_opened = segment.plain_check != 0;
  // Closing takes most memory, and what refers to the target needs what is in front of it.
  if (is_opened || !segment.target_ranges.empty()) {
    Result<void> drained = sink.drain();
    if (!drained) return drained;
    assembler.use_written(*written_, segment.target_offset);
  }
  const SteadyTime began = clock_.steady();
  Result<ByteView> bytes = assembler.decode(index);
  if (!bytes) return fail(std::move(bytes.error()));
  if (is_opened) opened_time_ += clock_.steady() - began;
  Result<void> put = sink.put(segment.target_offset, *bytes);
  if (put) assembler.use_written(*written_, segment.target_offset);
  return put;
}

Result<void> ImageRestore::write_rest(std::size_t first, const Progress& on_progress,
                                      const std::atomic<bool>& cancel) {
  const std::vector<Segment>& segments = source_.table.segments;
  Assembler assembler(source_.table, source_.pack, source_.base);
  written_.emplace(output_.file(), source_.table.target_size);
  assembler.use_written(*written_, segments[first].target_offset);
  SegmentSink sink(output_, image_digest_);
  for (std::size_t i = first; i < segments.size(); ++i) {
    if (cancel) return interrupted();
    Result<void> done = write_segment(assembler, sink, i);
    if (!done) return done;
    on_progress(segments[i].target_offset + segments[i].target_length, source_.table.target_size);
  }
  return sink.drain();
}

Result<RestoreSummary> ImageRestore::run(const Progress& on_progress, const std::atomic<bool>& cancel) {
  const std::vector<Segment>& segments = source_.table.segments;
  RestoreSummary summary{.image_size = source_.table.target_size};
  image_digest_ = Sha256();
  Result<std::size_t> present = find_present(cancel);
  if (!present) return fail(std::move(present.error()));
  summary.resumed_bytes = *present < segments.size() ? segments[*present].target_offset : summary.image_size;
  Result<void> done = output_.keep(summary.resumed_bytes);
  if (done && *present < segments.size()) done = write_rest(*present, on_progress, cancel);
  if (!done) return fail(std::move(done.error()));
  if (image_digest_.finish() != source_.table.target_id)
    return fail(ErrorKind::bad_image, "every segment is right, but the image is not what the pack names");
  summary.opened_time = opened_time_;
  summary.decoded_bytes = summary.image_size - summary.resumed_bytes;
  done = output_.finish();
  if (!done) return fail(std::move(done.error()));
  return summary;
}

}  // namespace dunlin
