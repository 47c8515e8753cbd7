#pragma once
#include "applier/client/unix_channel.h"
#include "core/base/disk.h"

namespace dunlin {

// The spare slot as another program sees it: read through a read-only descriptor, written by the applier on
// its behalf, over the connection that began the install. Ends with the commit, with another begin, or with
// the applier; then writes fail: usage when the applier takes no more of them, retry_later when it is gone.
// Calls block; one thread at a time.
class RemoteSlot final : public File {
 public:
  RemoteSlot(std::unique_ptr<File> reader, UnixChannel channel)
      : reader_(std::move(reader)), channel_(std::move(channel)) {}

  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan out) override {
    return reader_->read_at(offset, out);
  }
  Result<void> write_at(std::uint64_t offset, ByteView bytes) override;
  Result<void> sync() override;
  Result<std::uint64_t> size() override { return reader_->size(); }
  // Always fails: a slot has the size it has.
  Result<void> resize(std::uint64_t size) override;
  Result<void> drop_cache() override { return reader_->drop_cache(); }
  // Read only.
  int descriptor() const override { return reader_->descriptor(); }

 private:
  Result<void> ask(std::string_view message);

  std::unique_ptr<File> reader_;
  UnixChannel channel_;
};

}  // namespace dunlin
