#include "core/expand/parallel.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>

namespace dunlin {

namespace {

struct Failure {
  std::mutex mutex;
  std::size_t index = 0;
  std::optional<Error> error;

  void keep_first(std::size_t at, Error failed) {
    const std::lock_guard lock(mutex);
    if (error && index <= at) return;
    index = at;
    error = std::move(failed);
  }
};

}  // namespace

std::size_t worker_count(const FindOptions& options) {
  return static_cast<std::size_t>(std::clamp(options.threads, 1, 64));
}

bool is_cancelled(const FindOptions& options) {
  return options.cancel != nullptr && options.cancel->load();
}

tl::unexpected<Error> stopped_finding() {
  return fail(ErrorKind::cancelled, "looking into compressed content was stopped");
}

Result<void> for_each_parallel(std::size_t count, const FindOptions& options, const ParallelWork& work) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  Failure failure;
  const auto run = [&](std::size_t worker) {
    while (!failed && !is_cancelled(options)) {
      const std::size_t index = next++;
      if (index >= count) return;
      Result<void> done = work(worker, index);
      if (done) continue;
      failed = true;
      failure.keep_first(index, std::move(done.error()));
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t worker = 1; worker < std::min(count, worker_count(options)); ++worker)
    threads.emplace_back(run, worker);
  run(0);
  for (std::thread& thread : threads) thread.join();
  if (failure.error) return fail(std::move(*failure.error));
  if (is_cancelled(options)) return stopped_finding();
  return {};
}

}  // namespace dunlin
