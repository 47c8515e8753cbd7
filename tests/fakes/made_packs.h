#pragma once
// Delta packs that open their base and their target, written by hand from images whose maps are known. Every
// segment encoding appears when the pack is long enough.
#include "core/codec/zstd.h"
#include "core/content/base_space.h"
#include "core/delta/difference_frame.h"
#include "core/encode/pack_writer.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_maps.h"

namespace dunlin {

inline MadeImage packed_image(Bytes plain, std::size_t layers, std::uint64_t seed,
                              const std::vector<Packing>& packings) {
  MadeImage made;
  made.plain = std::move(plain);
  made.image = made.plain;
  for (std::size_t i = 0; i < layers; ++i)
    made.image = packed_layer(made.image, packings, 20'000, seed * 31 + i, made.map);
  return made;
}

struct ExpandedPair {
  MadeImage base;
  MadeImage target;

  // The target is the base with some bytes changed; a run of zeros and unchanged parts are in it.
  explicit ExpandedPair(std::size_t size, std::size_t layers = 1, std::uint64_t seed = 1,
                        const std::vector<Packing>& packings = quick_packings) {
    Bytes plain = wordy_bytes(size, seed);
    std::fill_n(plain.begin() + static_cast<std::ptrdiff_t>(size / 3), size / 6, std::uint8_t{0});
    base = packed_image(plain, layers, seed, packings);
    for (std::size_t at = size / 2; at < size; at += 97) plain[at] ^= 0x55;
    target = packed_image(plain, layers, seed, packings);
  }
};

struct ExpandedPack {
  Bytes bytes;
  Bytes base;
  Bytes target;
};

class ExpandedPackMaker {
 public:
  ExpandedPackMaker(const ExpandedPair& pair, std::uint32_t segment_size, ExpandMap said_map)
      : pair_(pair),
        said_map_(std::move(said_map)),
        segment_size_(segment_size),
        base_(pair.base.image),
        space_(base_, base_.size(), pair.base.map),
        contractor_(pair.target.map) {}

  ExpandedPack make() {
    FakeDisk disk;
    const std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::replace));
    PackWriter writer(*file, {sha256(pair_.target.image), pair_.target.image.size(), sha256(pair_.base.image),
                              pair_.base.image.size(), pair_.base.map, said_map_, "libzstd of these tests"});
    const Bytes& plain = pair_.target.plain;
    for (std::size_t at = 0; at < plain.size(); at += segment_size_) {
      plain_ = slice(plain, at, std::min<std::size_t>(plain.size(), at + segment_size_));
      segment_ = Segment();
      segment_.plain_offset = at;
      segment_.plain_length = static_cast<std::uint32_t>(plain_.size());
      segment_.plain_check = check_of(plain_);
      close();
      const Bytes frame = encode(at / segment_size_);
      CHECK(writer.add(segment_, frame).has_value());
    }
    CHECK(writer.finish({}).has_value());
    return {*disk.get("/pack"), pair_.base.image, pair_.target.image};
  }

 private:
  void close() {
    Bytes closed;
    CHECK(contractor_
              .feed(plain_,
                    [&closed](ByteView packed) {
                      closed.insert(closed.end(), packed.begin(), packed.end());
                      return Result<void>();
                    })
              .has_value());
    segment_.target_length = static_cast<std::uint32_t>(closed.size());
    segment_.digest = sha256(closed);
  }

  std::uint64_t base_address() const { return pair_.base.image.size() + segment_.plain_offset; }

  Bytes encode(std::size_t index) {
    const bool is_same =
        slice(pair_.base.plain, segment_.plain_offset, segment_.plain_offset + plain_.size()) == plain_;
    const BaseRange range{base_address(), segment_.plain_length};
    if (all_zero(plain_)) return with(SegmentEncoding::zero, {}, {});
    if (is_same) return with(SegmentEncoding::copy, {range}, {});
    Compressor compressor(3);
    if (index % 3 == 0) return with(SegmentEncoding::plain, {}, *compressor.compress(plain_, {}));
    if (index % 3 == 1) {
      Bytes prefix(plain_.size());
      CHECK(space_.read(range.offset, prefix).has_value());
      return with(SegmentEncoding::plain, {range}, *compressor.compress(plain_, prefix));
    }
    const std::uint64_t expected = expected_base_offset(base_.size(), pair_.base.map, segment_.plain_offset);
    Result<Bytes> frame =
        write_difference_frame(plain_, {{base_address(), segment_.plain_length - 1, 1}}, space_, expected, 3);
    CHECK(frame.has_value());
    return with(SegmentEncoding::difference, {}, *frame);
  }

  Bytes with(SegmentEncoding encoding, std::vector<BaseRange> ranges, ByteView frame) {
    segment_.encoding = encoding;
    segment_.base_ranges = std::move(ranges);
    return Bytes(frame.begin(), frame.end());
  }

  const ExpandedPair& pair_;
  ExpandMap said_map_;  // what the pack says of the target
  std::uint32_t segment_size_;
  MemorySource base_;
  BaseSpace space_;
  Contractor contractor_;
  Bytes plain_;
  Segment segment_;
};

// `change_map` may make the pack say something else of its target than what is so.
inline ExpandedPack expanded_pack(const ExpandedPair& pair, std::uint32_t segment_size,
                                  const std::function<void(ExpandMap&)>& change_map = {}) {
  ExpandMap said = pair.target.map;
  if (change_map) change_map(said);
  return ExpandedPackMaker(pair, segment_size, std::move(said)).make();
}

}  // namespace dunlin
