#pragma once
#include "tests/fakes/fake_disk_state.h"

namespace dunlin {

// A file of FakeDisk that was opened; dead after the next power cut.
class FakeDisk::OpenFile final : public File {
 public:
  OpenFile(std::shared_ptr<State> state, NodePointer node, std::string path, bool writable)
      : state_(std::move(state)),
        node_(std::move(node)),
        path_(std::move(path)),
        writable_(writable),
        generation_(state_->generation) {}

  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan out) override {
    std::lock_guard lock(state_->mutex);
    if (is_dead()) return fail_with(EIO, "reading " + path_);
    if (state_->read.hits()) return fail_with(state_->read.error, "reading " + path_);
    return node_->seen.read(offset, out);
  }

  Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    std::lock_guard lock(state_->mutex);
    if (is_dead()) return fail_with(EIO, "writing " + path_);
    if (!writable_) return fail_with(EBADF, "writing " + path_);
    if (state_->write.hits()) return fail_with(state_->write.error, "writing " + path_);
    if (!state_->has_room(*node_, offset + bytes.size())) return fail_with(ENOSPC, "writing " + path_);
    const bool has_power = state_->begin_change();
    node_->pending.push_back({state_->changes, offset, Bytes(bytes.begin(), bytes.end()), {}});
    if (!has_power) return fail_with(EIO, "writing " + path_);
    state_->written += bytes.size();
    carry_out(node_->seen, node_->pending.back());
    return {};
  }

  Result<void> sync() override {
    std::lock_guard lock(state_->mutex);
    if (is_dead()) return fail_with(EIO, "syncing " + path_);
    if (state_->sync.hits()) return fail_with(state_->sync.error, "syncing " + path_);
    if (!state_->begin_change()) return fail_with(EIO, "syncing " + path_);
    sync_content(*node_);
    return {};
  }

  Result<std::uint64_t> size() override {
    std::lock_guard lock(state_->mutex);
    if (is_dead()) return fail_with(EIO, "reading the size of " + path_);
    return node_->seen.size();
  }

  Result<void> resize(std::uint64_t size) override {
    std::lock_guard lock(state_->mutex);
    if (is_dead()) return fail_with(EIO, "resizing " + path_);
    if (!writable_ || node_->kind == FileKind::block_device) return fail_with(EINVAL, "resizing " + path_);
    if (!state_->has_room(*node_, size)) return fail_with(ENOSPC, "resizing " + path_);
    if (!state_->begin_change()) return fail_with(EIO, "resizing " + path_);
    node_->pending.push_back({state_->changes, 0, {}, size});
    carry_out(node_->seen, node_->pending.back());
    return {};
  }

  Result<void> drop_cache() override {
    std::lock_guard lock(state_->mutex);
    if (is_dead()) return fail_with(EIO, "dropping the cache of " + path_);
    node_->seen = node_->medium;
    for (const PendingWrite& write : node_->pending) carry_out(node_->seen, write);
    return {};
  }

  int descriptor() const override { return -1; }

 private:
  bool is_dead() const { return state_->off || generation_ != state_->generation; }

  std::shared_ptr<State> state_;
  NodePointer node_;
  std::string path_;
  bool writable_;
  int generation_;
};

}  // namespace dunlin
