#include "swarm/torrent_disk.h"

#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <libtorrent/aux_/vector.hpp>
#include <libtorrent/storage_defs.hpp>

namespace dunlin {
namespace {

constexpr int piece_bytes = 16 * 1024;

class MemoryStore final : public BlockStore {
 public:
  std::uint64_t size() const override { return piece_bytes; }
  Result<void> read(std::uint64_t, ByteSpan) override { return {}; }
  Result<void> write(std::uint64_t, ByteView) override { return {}; }
  Result<void> sync() override { return {}; }
};

// The threads on which the copies of something ended.
struct Ends {
  std::mutex mutex;
  std::set<std::thread::id> threads;
};

// Stands for what libtorrent's handlers hold. A copy that was moved from holds nothing.
class Held {
 public:
  explicit Held(Ends& ends) : ends_(&ends) {}
  Held(const Held& other) = default;
  Held(Held&& other) noexcept : ends_(std::exchange(other.ends_, nullptr)) {}
  Held& operator=(const Held&) = delete;
  Held& operator=(Held&&) = delete;
  ~Held() {
    if (ends_ == nullptr) return;
    const std::lock_guard lock(ends_->mutex);
    ends_->threads.insert(std::this_thread::get_id());
  }

 private:
  Ends* ends_;
};

}  // namespace

TEST(TorrentDisk, WhatHandlersHoldEndsOnTheLoopNeverOnThePool) {
  asio::io_context io;
  asio::thread_pool pool(2);
  const auto stores = std::make_shared<TorrentStores>();
  stores->by_save_path["/transfer-1"] = {std::make_shared<MemoryStore>(), nullptr};
  TorrentDisk disk(io, pool, stores, std::make_shared<TorrentDiskEnd>());
  lt::file_storage files;
  files.set_piece_length(piece_bytes);
  files.add_file("content", piece_bytes);
  files.set_num_pieces(1);
  const std::string save_path = "/transfer-1";
  const lt::aux::vector<lt::download_priority_t, lt::file_index_t> priorities;
  const lt::storage_params params(files, nullptr, save_path, lt::storage_mode_sparse, priorities,
                                  lt::sha1_hash());
  const lt::storage_holder storage = disk.new_torrent(params, nullptr);
  Ends ends;
  int answers = 0;
  auto guard = asio::make_work_guard(io);

  for (int i = 0; i < 20; ++i)
    disk.async_release_files(storage, [held = Held(ends), &answers] { ++answers; });
  while (answers < 20) io.run_one();
  pool.join();
  guard.reset();
  io.run();

  EXPECT_EQ(ends.threads, std::set<std::thread::id>{std::this_thread::get_id()});
}

}  // namespace dunlin
