#pragma once
#include <memory>
#include <optional>

#include "core/content/pack_table.h"

namespace dunlin {

// Which of its inputs made a segment fail with bad_image.
enum class DecodeFault {
  pack,     // a frame is damaged, or the table is wrong
  base,     // the base image is missing, or is not the one the pack was made for
  codec,    // compressed content closes to other bytes on this machine: the full pack can be used
  written,  // target bytes that were written before are not what they were: they must be written again
};

// Turns a pack and, for delta packs, the base image into verified segments. Holds one zstd context, and where
// the pack opens compressed content its codecs: at most 48 MiB in all, whatever the size of the image. One
// thread at a time.
class Assembler {
 public:
  // `base` is null for full packs. Both sources and the table must outlive the assembler.
  Assembler(const PackTable& table, const ByteSource& pack, const ByteSource* base);
  ~Assembler();

  // Says that [0, end) of `image` holds verified target bytes: at first what a run before this one wrote,
  // then ever more. Opened content is gone on with by them; without them, or when they are not what they
  // should be, segments are decoded again from where that content begins. Segments of the encoding `earlier`
  // need them. `image` outlives the assembler.
  void use_written(const ByteSource& image, std::uint64_t end);

  // Decodes one segment and compares it with its SHA-256. The bytes stay valid until the next call. Any order
  // is allowed, as far as what a segment needs is written; ascending is fastest.
  // bad_image: the frame, the base, the table, a codec or what was written is wrong, and the message says
  // which; usage: what the segment needs is not written yet; device: a read failed.
  Result<ByteView> decode(std::size_t segment_index);

  // After decode() failed with bad_image.
  DecodeFault fault() const { return fault_; }

 private:
  struct Parts;
  Result<ByteView> decode_plain(const Segment& segment);
  Result<ByteView> decode_unopened(const Segment& segment);
  Result<ByteView> decode_opened(std::size_t index);
  Result<void> stand_before(std::size_t index);
  Result<ByteView> close(const Segment& segment);
  bool is_opened(const Segment& segment) const;
  Result<void> check_inputs(const Segment& segment);
  Result<void> check_written(const Segment& segment) const;
  // The first segment that these ranges touch and that is not what was written.
  std::optional<std::size_t> find_changed(const std::vector<ByteRange>& ranges) const;
  tl::unexpected<Error> blame(const Segment& segment, const std::string& symptom);
  tl::unexpected<Error> blame_codec(const std::string& symptom);

  const PackTable& table_;
  const ByteSource* base_;
  const ByteSource* written_ = nullptr;
  std::uint64_t written_end_ = 0;
  bool replayed_ = false;  // what the closer holds comes from `written_`
  DecodeFault fault_ = DecodeFault::pack;
  std::unique_ptr<Parts> parts_;
};

}  // namespace dunlin
