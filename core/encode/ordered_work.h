#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "core/base/result.h"

namespace dunlin {

// Makes numbered results on several threads and hands them over in order, on the calling thread. Finished
// results that wait for an earlier one weigh at most about `waiting_weight_max` together.
template <class T>
class OrderedWork {
 public:
  // Makes result `index`; called by one thread.
  using Maker = std::function<Result<T>(std::size_t index)>;
  using Consumer = std::function<Result<void>(std::size_t index, T result)>;
  using Weigher = std::function<std::size_t(const T&)>;

  static constexpr std::size_t waiting_weight_max = 32u << 20;

  // `cancel` may be null. Without `weigh`, nothing weighs anything.
  OrderedWork(std::size_t count, const std::atomic<bool>* cancel, Weigher weigh = {})
      : count_(count), cancel_(cancel), weigh_(std::move(weigh)) {}

  // One thread for each maker; returns after all have ended. The first failure in order, of a maker or of
  // `consume`; cancelled when `cancel` turned true.
  Result<void> run(const std::vector<Maker>& makers, const Consumer& consume) {
    std::vector<std::thread> threads;
    threads.reserve(makers.size());
    for (const Maker& maker : makers) threads.emplace_back([this, &maker] { work(maker); });
    Result<void> result = consume_all(consume);
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads) thread.join();
    return result;
  }

 private:
  std::size_t weight(const Result<T>& result) const { return result && weigh_ ? weigh_(*result) : 0; }

  Result<T> make_one(const Maker& maker, std::size_t index) const {
    if (cancel_ != nullptr && *cancel_) return fail(ErrorKind::cancelled, "encoding was cancelled");
    return maker(index);
  }

  void work(const Maker& maker) {
    std::unique_lock lock(mutex_);
    while (true) {
      // Waiting happens before a number is taken, so the earliest open one is always being worked on.
      changed_.wait(lock, [this] { return stop_ || waiting_weight_ <= waiting_weight_max; });
      if (stop_ || next_ == count_) return;
      const std::size_t index = next_++;
      lock.unlock();
      Result<T> made = make_one(maker, index);
      lock.lock();
      waiting_weight_ += weight(made);
      finished_.emplace(index, std::move(made));
      changed_.notify_all();
    }
  }

  Result<void> consume_all(const Consumer& consume) {
    for (std::size_t index = 0; index < count_; ++index) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this, index] { return finished_.contains(index); });
      Result<T> made = std::move(finished_.extract(index).mapped());
      waiting_weight_ -= weight(made);
      lock.unlock();
      changed_.notify_all();
      if (!made) return fail(std::move(made.error()));
      Result<void> consumed = consume(index, std::move(*made));
      if (!consumed) return consumed;
    }
    return {};
  }

  const std::size_t count_;
  const std::atomic<bool>* cancel_;
  const Weigher weigh_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, Result<T>> finished_;  // by number
  std::size_t waiting_weight_ = 0;
  std::size_t next_ = 0;  // not yet taken by a thread
  bool stop_ = false;
};

}  // namespace dunlin
