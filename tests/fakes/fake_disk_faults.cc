// How tests arrange a FakeDisk and break it.
#include "tests/fakes/fake_disk_state.h"

namespace dunlin {

void FakeDisk::put(const std::string& path, std::string_view text) {
  put(path, as_bytes(text));
}

void FakeDisk::put(const std::string& given, ByteView bytes) {
  {
    std::lock_guard lock(state_->mutex);
    const std::string path = normal(given);
    state_->make_parents(path);
    NodePointer node = state_->find(path);
    if (!node) node = state_->seen[path] = state_->make(FileKind::regular);
    if (node->kind == FileKind::regular) node->seen.resize(0);
    node->seen.write(0, bytes);
    node->medium = node->seen;
    node->pending.clear();
  }
  sync_all();
}

void FakeDisk::add_block_device(const std::string& given, std::uint64_t capacity) {
  {
    std::lock_guard lock(state_->mutex);
    const std::string path = normal(given);
    state_->make_parents(path);
    NodePointer node = state_->seen[path] = state_->make(FileKind::block_device);
    node->seen.resize(capacity);
    node->medium = node->seen;
  }
  sync_all();
}

std::optional<Bytes> FakeDisk::get(const std::string& path) const {
  std::lock_guard lock(state_->mutex);
  NodePointer node = state_->find(normal(path));
  if (!node || node->kind == FileKind::directory) return std::nullopt;
  Bytes bytes(node->seen.size());
  node->seen.read(0, bytes);
  return bytes;
}

std::optional<std::string> FakeDisk::get_text(const std::string& path) const {
  std::optional<Bytes> bytes = get(path);
  if (!bytes) return std::nullopt;
  return std::string(as_text(*bytes));
}

void FakeDisk::sync_all() {
  std::lock_guard lock(state_->mutex);
  state_->medium = state_->seen;
  state_->pending.clear();
  for (const auto& weak : state_->nodes)
    if (NodePointer node = weak.lock()) sync_content(*node);
}

void FakeDisk::fail_read(int nth, int error) {
  state_->read = {nth, error};
}
void FakeDisk::fail_write(int nth, int error) {
  state_->write = {nth, error};
}
void FakeDisk::fail_sync(int nth, int error) {
  state_->sync = {nth, error};
}
void FakeDisk::fail_rename(int nth, int error) {
  state_->rename = {nth, error};
}
void FakeDisk::fail_open(int nth, int error) {
  state_->open = {nth, error};
}
void FakeDisk::set_capacity(std::uint64_t bytes) {
  state_->capacity = bytes;
}

void FakeDisk::make_fat(const std::string& folder) {
  state_->fat = normal(folder);
}

void FakeDisk::damage_medium(const std::string& path, std::uint64_t offset, std::uint8_t mask) {
  std::lock_guard lock(state_->mutex);
  NodePointer node = state_->find(normal(path));
  if (!node || offset >= node->medium.size()) return;
  std::uint8_t byte = 0;
  node->medium.read(offset, {&byte, 1});
  byte = static_cast<std::uint8_t>(byte ^ mask);
  node->medium.write(offset, {&byte, 1});
}

void FakeDisk::cut_power_at(int nth) {
  state_->cut_in = nth;
}
void FakeDisk::cut_power() {
  std::lock_guard lock(state_->mutex);
  state_->off = true;
}
bool FakeDisk::is_off() const {
  return state_->off;
}
int FakeDisk::changes() const {
  return state_->changes;
}
std::uint64_t FakeDisk::written_bytes() const {
  return state_->written;
}

}  // namespace dunlin
