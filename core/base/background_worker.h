#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace dunlin {

// One job at a time beside the thread that starts it, on a thread that lives as long as this object. For
// blocking work that overlaps with computing (docs/decisions/0016-writing-behind-the-decoder.md). Used by one
// thread.
class BackgroundWorker {
 public:
  BackgroundWorker() = default;
  // Waits for the job.
  ~BackgroundWorker();
  BackgroundWorker(const BackgroundWorker&) = delete;
  BackgroundWorker& operator=(const BackgroundWorker&) = delete;

  // The job before is done: wait() was called. What the job touches belongs to it until the next wait().
  void start(std::function<void()> job);
  // Returns when no job is left. What the job wrote can be read then.
  void wait();

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;  // empty: nothing to do
  bool ending_ = false;
  std::thread thread_;  // begins with the first job
};

}  // namespace dunlin
