#pragma once
#include <functional>
#include <memory>

#include "core/base/byte_source.h"
#include "core/expand/expand_map.h"

namespace dunlin {

// Where a reader or writer of an expanded image stands, on both sides. Inside a packed run the packed offset
// is what the encoder had given out when it had been fed the plain bytes before.
struct ExpandPosition {
  std::uint64_t packed = 0;
  std::uint64_t plain = 0;
  bool operator==(const ExpandPosition&) const = default;
};

// Closes an expanded image again: plain bytes go in, in order; the image's bytes come out, in order.
// Deterministic: the same feeding up to the same plain offset has given out the same packed bytes on every
// machine, however it was cut. Memory is bounded by the codecs (about 25 MiB for the largest), whatever the
// length of a frame.
class Contractor {
 public:
  // Starts at the beginning. `map` outlives it.
  explicit Contractor(const ExpandMap& map);
  ~Contractor();

  using Sink = std::function<Result<void>(ByteView packed)>;
  // Takes the next plain bytes and hands on what is final. bad_image: more plain bytes than the map has, or a
  // codec gives another length than the map says. Errors of the sink are passed on.
  Result<void> feed(ByteView plain, const Sink& sink);
  // Where it stands: bytes taken and given out.
  ExpandPosition position() const;

  // The last position at or before `plain` where nothing is held inside (between packed runs of all layers).
  static ExpandPosition clean_position(const ExpandMap& map, std::uint64_t plain);
  // Stands at a clean position, as if all before had been fed.
  void seek(ExpandPosition clean);
  // After seek(): feeds itself with what `packed` (an image of which only [0, packed_end) is there) still
  // holds of the run that begins here, gives nothing out, and stands as far as these bytes reach: at or
  // before packed_end (encoders that look ahead stand before it, and give the bytes in between out again).
  // Used to go on inside a frame after a power cut.
  Result<void> replay(const ByteSource& packed, std::uint64_t packed_end);

 private:
  struct Stages;
  std::unique_ptr<Stages> stages_;
};

}  // namespace dunlin
