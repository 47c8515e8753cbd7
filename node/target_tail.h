#pragma once
#include "applier/client/slot_writer.h"
#include "core/base/background_worker.h"
#include "core/base/byte_source.h"

namespace dunlin {

// The target as far as it is decoded: its newest bytes in memory on their way into the slot, all others in
// the slot. While a batch of them is compared and written on a thread of its own, the next is decoded;
// segments that refer to bytes right before them find those in memory. Holds two batches of 1 MiB. put(),
// drain() and read() are called by one thread.
class TargetTail final : public ByteSource {
 public:
  // The first `size` bytes of the slot, which outlives this. Slots without a descriptor (simulated disks) are
  // written by the caller's thread.
  TargetTail(File& slot, std::uint64_t size);
  ~TargetTail() override;

  // Takes the bytes at `offset` over. Fails as SlotWriter::write does, for these bytes or for some that were
  // put before; nothing can be put after that.
  Result<void> put(std::uint64_t offset, ByteView bytes);
  // Returns when the slot holds all that was put. Not yet durable.
  Result<void> drain();
  // drain(), then until it is durable.
  Result<void> sync();

  std::uint64_t size() const override { return size_; }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override;

  // As of the last drain().
  std::uint64_t written_bytes() const { return writer_.written_bytes(); }
  std::uint64_t compared_bytes() const { return writer_.compared_bytes(); }

 private:
  struct Batch {
    std::uint64_t offset = 0;
    Bytes bytes;
    std::uint64_t end() const { return offset + bytes.size(); }
    // The bytes from `position` on, as many as there are up to `size`; empty when they begin elsewhere.
    ByteView from(std::uint64_t position, std::size_t size) const;
  };

  Result<void> hand_over();
  Result<void> wait();

  File& slot_;
  std::uint64_t size_;
  SlotWriter writer_;
  Batch filling_;
  Batch writing_;           // stays readable when it is written
  Result<void> outcome_{};  // of the last batch
  BackgroundWorker worker_;
};

}  // namespace dunlin
