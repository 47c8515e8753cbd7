#pragma once
#include <functional>

#include "core/base/bytes.h"

namespace dunlin {

// What the doors to compression libraries look like from outside, for bytes that some other program packed.
// One object belongs to one thread.

using ByteSink = std::function<Result<void>(ByteView bytes)>;

// Packs a long run. What has been given out depends only on the plain bytes taken so far, never on how they
// were cut. Errors of the sink are passed on; device: no memory; usage: more or fewer plain bytes than the
// encoder was made for.
class StreamEncoder {
 public:
  virtual ~StreamEncoder() = default;
  virtual Result<void> feed(ByteView plain, const ByteSink& out) = 0;
  virtual Result<void> finish(const ByteSink& out) = 0;  // once, after all plain bytes
};

struct StreamProgress {
  std::size_t consumed = 0;  // of the packed bytes
  std::size_t produced = 0;  // of the plain span
};

// Unpacks a long run of untrusted bytes in bounded memory.
class StreamDecoder {
 public:
  virtual ~StreamDecoder() = default;
  // Takes from `packed`, fills `plain` from its start. Nothing consumed and nothing produced: it needs more
  // packed bytes, or has ended. bad_image: damaged, or beyond the limits of this codec.
  virtual Result<StreamProgress> decode(ByteView packed, ByteSpan plain) = 0;
  // Whether the packed form said that it ends here. Always false for a form that does not say so.
  virtual bool ended() const { return false; }
};

// Packs and unpacks blocks that are held in memory as a whole. Keeps its contexts from call to call.
class BlockCodec {
 public:
  virtual ~BlockCodec() = default;
  // The packed form of `plain` in `packed` (replaced). device: no memory.
  virtual Result<void> encode(ByteView plain, Bytes& packed) = 0;
  // What `packed` holds, in the front of `plain`; how many bytes these are. bad_image: damaged, more than
  // there is room for, or bytes behind the packed form.
  virtual Result<std::size_t> decode(ByteView packed, ByteSpan plain) = 0;
};

}  // namespace dunlin
