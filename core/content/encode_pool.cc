#include "core/content/encode_pool.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace dunlin {

namespace {
constexpr std::size_t waiting_bytes_max = 32u << 20;
constexpr std::size_t waiting_count_max = 4096;
}  // namespace

struct EncodePool::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Result<EncodedSegment>> finished;  // by position in the plan
  std::size_t finished_bytes = 0;
  std::size_t next = 0;  // not yet taken by a thread
  bool stop = false;

  bool is_full() const { return finished_bytes > waiting_bytes_max || finished.size() > waiting_count_max; }
};

Result<EncodedSegment> EncodePool::encode_one(SegmentEncoder& encoder, std::size_t index) const {
  if (options_.cancel != nullptr && *options_.cancel)
    return fail(ErrorKind::cancelled, "encoding was cancelled");
  return encoder.encode(plan_[index]);
}

void EncodePool::work(SegmentEncoder& encoder, Shared& shared) const {
  std::unique_lock lock(shared.mutex);
  while (true) {
    // Waiting happens before a position is taken, so the earliest open position is always being worked on.
    shared.changed.wait(lock, [&shared] { return shared.stop || !shared.is_full(); });
    if (shared.stop || shared.next == plan_.size()) return;
    const std::size_t index = shared.next++;
    lock.unlock();
    Result<EncodedSegment> encoded = encode_one(encoder, index);
    lock.lock();
    if (encoded) shared.finished_bytes += encoded->frame.size();
    shared.finished.emplace(index, std::move(encoded));
    shared.changed.notify_all();
  }
}

Result<void> EncodePool::consume_all(Shared& shared, const Consumer& consume) const {
  for (std::size_t index = 0; index < plan_.size(); ++index) {
    std::unique_lock lock(shared.mutex);
    shared.changed.wait(lock, [&shared, index] { return shared.finished.contains(index); });
    Result<EncodedSegment> encoded = std::move(shared.finished.extract(index).mapped());
    if (encoded) shared.finished_bytes -= encoded->frame.size();
    lock.unlock();
    shared.changed.notify_all();
    if (!encoded) return fail(std::move(encoded.error()));
    Result<void> consumed = consume(std::move(*encoded));
    if (!consumed) return consumed;
  }
  return {};
}

Result<void> EncodePool::run(std::vector<SegmentEncoder> encoders, const Consumer& consume) {
  Shared shared;
  std::vector<std::thread> threads;
  threads.reserve(encoders.size());
  for (SegmentEncoder& encoder : encoders)
    threads.emplace_back([this, &encoder, &shared] { work(encoder, shared); });
  Result<void> result = consume_all(shared, consume);
  {
    const std::lock_guard lock(shared.mutex);
    shared.stop = true;
  }
  shared.changed.notify_all();
  for (std::thread& thread : threads) thread.join();
  return result;
}

}  // namespace dunlin
