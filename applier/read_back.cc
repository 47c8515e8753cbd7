#include "applier/read_back.h"

#include <cstdlib>
#include <fcntl.h>

namespace dunlin {

namespace {

constexpr std::size_t read_size = 1u << 20;
constexpr std::size_t alignment = 4096;

// O_DIRECT on an open file for the life of this object; not every file system grants it.
class DirectReads {
 public:
  explicit DirectReads(int descriptor) : descriptor_(descriptor) {
    if (descriptor_ < 0) return;
    flags_ = ::fcntl(descriptor_, F_GETFL);
    on_ = flags_ >= 0 && ::fcntl(descriptor_, F_SETFL, flags_ | O_DIRECT) == 0;
  }
  ~DirectReads() { stop(); }
  DirectReads(const DirectReads&) = delete;
  DirectReads& operator=(const DirectReads&) = delete;

  bool are_on() const { return on_; }
  void stop() {
    if (on_) ::fcntl(descriptor_, F_SETFL, flags_);
    on_ = false;
  }

 private:
  int descriptor_;
  int flags_ = 0;
  bool on_ = false;
};

struct FreeMemory {
  void operator()(std::uint8_t* memory) const { std::free(memory); }
};

// Direct reads need whole, aligned blocks: the odd end of an image is read through the (dropped) cache. A
// device that grants O_DIRECT and then refuses the read is read through the cache as well.
Result<void> read_part(File& file, DirectReads& direct, std::uint64_t offset, ByteSpan out) {
  if (direct.are_on() && out.size() % alignment != 0) direct.stop();
  Result<void> done = read_exactly(file, offset, out);
  if (done || !direct.are_on()) return done;
  direct.stop();
  return read_exactly(file, offset, out);
}

}  // namespace

Result<Digest> read_back(File& file, std::uint64_t size, const ReadBackProgress& on_progress) {
  Result<void> synced = file.sync();
  if (!synced) return fail(std::move(synced.error()));
  Result<void> dropped = file.drop_cache();
  if (!dropped) return fail(std::move(dropped.error()));
  const std::unique_ptr<std::uint8_t, FreeMemory> memory(
      static_cast<std::uint8_t*>(std::aligned_alloc(alignment, read_size)));
  const ByteSpan buffer(memory.get(), read_size);
  DirectReads direct(file.descriptor());
  Sha256 digest;
  for (std::uint64_t offset = 0; offset < size;) {
    std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(read_size, size - offset));
    // The last whole blocks and the odd rest are two reads.
    if (count > alignment && count % alignment != 0) count -= count % alignment;
    Result<void> done = read_part(file, direct, offset, buffer.first(count));
    if (!done) return fail(std::move(done.error()));
    digest.add(buffer.first(count));
    offset += count;
    if (on_progress) on_progress(offset, size);
  }
  return digest.finish();
}

}  // namespace dunlin
