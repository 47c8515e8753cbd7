#pragma once
#include <atomic>
#include <memory>

#include "applier/client/slot_writer.h"
#include "core/base/disk.h"
#include "swarm/block_store.h"

namespace dunlin {

// A spare slot's first bytes as the store of its image's torrent: blocks that already hold the right bytes
// are not written, and what was written is synced every 32 MiB, so that dirty pages stay few.
class SlotBlockStore final : public BlockStore {
 public:
  static constexpr std::uint64_t unsynced_bytes_max = 32u << 20;

  SlotBlockStore(std::unique_ptr<File> slot, std::uint64_t image_size)
      : slot_(std::move(slot)), size_(image_size), writer_(*slot_) {}

  std::uint64_t size() const override { return size_; }
  Result<void> read(std::uint64_t offset, ByteSpan out) override;
  Result<void> write(std::uint64_t offset, ByteView bytes) override;
  Result<void> sync() override;

  // From any thread.
  std::uint64_t compared_bytes() const { return compared_; }
  std::uint64_t written_bytes() const { return written_; }

 private:
  std::unique_ptr<File> slot_;
  std::uint64_t size_;
  SlotWriter writer_;
  std::uint64_t synced_ = 0;  // of what the writer has written
  std::atomic<std::uint64_t> compared_{0};
  std::atomic<std::uint64_t> written_{0};
};

}  // namespace dunlin
