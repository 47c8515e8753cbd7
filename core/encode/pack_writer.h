#pragma once
#include "core/content/map_outline.h"
#include "core/content/pack_header.h"

namespace dunlin {

// What a pack says about itself before any segment is known.
struct PackIdentity {
  Digest target_id;
  std::uint64_t target_size = 0;
  std::optional<Digest> base_id;
  std::uint64_t base_size = 0;
  ExpandMap base_map{};    // these three only beside a base
  ExpandMap target_map{};  // with it, segments have plain lengths and checks
  std::string codecs{};    // at most 256 printable characters
};

// Writes a pack whose segments come in target order. The table lies before the frames but is known last, so
// frames are collected behind the header and moved up once by finish(); memory stays at the table's size. The
// header is written at the very end: an abandoned output is not a pack. One thread.
class PackWriter {
 public:
  // `output` is empty and can be read back; it must outlive the writer.
  PackWriter(File& output, PackIdentity identity);

  // Appends a segment; its offsets and frame fields are set here, and without a target map its plain fields.
  // `frame` is empty for encodings without one. Segments must obey the rules of PackTable. usage: more
  // segments than a pack may have.
  Result<void> add(Segment segment, ByteView frame);

  // Writes table and header; returns the size of the pack. `image_index` is left out when it is empty or too
  // large to carry. Not synced: that is the caller's choice.
  Result<std::uint64_t> finish(ByteView image_index);

 private:
  Bytes table(ByteView image_index) const;
  Bytes segments_section() const;
  Result<void> move_frames(std::uint64_t distance);

  File& output_;
  PackIdentity identity_;
  MapOutline target_outline_;
  std::vector<Segment> segments_;
  std::uint64_t target_size_ = 0;  // of the segments so far
  std::uint64_t plain_size_ = 0;
  std::uint64_t frames_size_ = 0;
};

}  // namespace dunlin
