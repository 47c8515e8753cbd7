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

Result<void> ImageRestore::write_segment(Assembler& assembler, std::size_t index) {
  Result<ByteView> bytes = assembler.decode(index);
  if (!bytes) return fail(std::move(bytes.error()));
  image_digest_.add(*bytes);
  return output_.write(source_.table.segments[index].target_offset, *bytes);
}

Result<RestoreSummary> ImageRestore::run(const Progress& on_progress, const std::atomic<bool>& cancel) {
  const std::vector<Segment>& segments = source_.table.segments;
  RestoreSummary summary{.image_size = source_.table.target_size};
  image_digest_ = Sha256();
  Result<std::size_t> present = find_present(cancel);
  if (!present) return fail(std::move(present.error()));
  summary.resumed_bytes = *present < segments.size() ? segments[*present].target_offset : summary.image_size;
  Result<void> done = output_.keep(summary.resumed_bytes);
  Assembler assembler(source_.table, source_.pack, source_.base);
  for (std::size_t i = *present; done && i < segments.size(); ++i) {
    if (cancel) return interrupted();
    done = write_segment(assembler, i);
    on_progress(segments[i].target_offset + segments[i].target_length, summary.image_size);
  }
  if (!done) return fail(std::move(done.error()));
  if (image_digest_.finish() != source_.table.target_id)
    return fail(ErrorKind::bad_image, "every segment is right, but the image is not what the pack names");
  summary.decoded_bytes = summary.image_size - summary.resumed_bytes;
  done = output_.finish();
  if (!done) return fail(std::move(done.error()));
  return summary;
}

}  // namespace dunlin
