#include "applier/read_back.h"

#include <cstdlib>
#include <fcntl.h>

#include "core/base/background_worker.h"

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

// The file part by part. While one part is looked at, the next is read by another thread, where the file has
// a descriptor.
class Parts {
 public:
  Parts(File& file, std::uint64_t size) : file_(file), size_(size), direct_(file.descriptor()) {}

  // The next part, valid until the next call; empty at the end.
  Result<ByteView> next() {
    if (begun_) {
      worker_.wait();
    } else {
      read_part();
      begun_ = true;
    }
    if (!outcome_) return fail(std::move(outcome_.error()));
    const ByteView done = part_;
    if (done.empty()) return done;
    std::swap(current_, other_);
    if (file_.descriptor() >= 0)
      worker_.start([this] { read_part(); });
    else
      read_part();
    return done;
  }

 private:
  static std::unique_ptr<std::uint8_t, FreeMemory> make_buffer() {
    return std::unique_ptr<std::uint8_t, FreeMemory>(
        static_cast<std::uint8_t*>(std::aligned_alloc(alignment, read_size)));
  }

  void read_part() {
    std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(read_size, size_ - offset_));
    // The last whole blocks and the odd rest are two reads.
    if (count > alignment && count % alignment != 0) count -= count % alignment;
    part_ = ByteView(current_.get(), count);
    outcome_ = count == 0 ? Result<void>() : read_at(ByteSpan(current_.get(), count));
    offset_ += count;
  }

  // Direct reads need whole, aligned blocks: the odd end of an image is read through the (dropped) cache. A
  // device that grants O_DIRECT and then refuses the read is read through the cache as well.
  Result<void> read_at(ByteSpan out) {
    if (direct_.are_on() && out.size() % alignment != 0) direct_.stop();
    Result<void> done = read_exactly(file_, offset_, out);
    if (done || !direct_.are_on()) return done;
    direct_.stop();
    return read_exactly(file_, offset_, out);
  }

  File& file_;
  std::uint64_t size_;
  DirectReads direct_;
  std::unique_ptr<std::uint8_t, FreeMemory> current_ = make_buffer();
  std::unique_ptr<std::uint8_t, FreeMemory> other_ = make_buffer();
  std::uint64_t offset_ = 0;
  ByteView part_;
  Result<void> outcome_{};
  bool begun_ = false;
  BackgroundWorker worker_;  // the last: it ends before what its job uses
};

}  // namespace

Result<Digest> read_back(File& file, std::uint64_t size, const ReadBackProgress& on_progress) {
  Result<void> synced = file.sync();
  if (!synced) return fail(std::move(synced.error()));
  Result<void> dropped = file.drop_cache();
  if (!dropped) return fail(std::move(dropped.error()));
  Parts parts(file, size);
  Sha256 digest;
  for (std::uint64_t offset = 0; offset < size;) {
    Result<ByteView> part = parts.next();
    if (!part) return fail(std::move(part.error()));
    digest.add(*part);
    offset += part->size();
    if (on_progress) on_progress(offset, size);
  }
  return digest.finish();
}

}  // namespace dunlin
