// How tests arrange a FakeDisk, break it, and cut its power.
#include "tests/fakes/fake_disk_state.h"

namespace dunlin {

namespace {

constexpr std::uint64_t sector_size = 512;

// Sectors of one write reach the medium one by one, or not.
void apply_torn(Node& node, const PendingWrite& write, Random& random) {
  if (write.new_size) {
    if (random.below(2) == 0) node.medium.resize(*write.new_size);
    return;
  }
  for (std::size_t at = 0; at < write.bytes.size();) {
    const std::uint64_t to_edge = sector_size - (write.offset + at) % sector_size;
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(to_edge, write.bytes.size() - at));
    const bool lands = random.below(2) == 0;
    const bool fits = node.kind != FileKind::block_device || write.offset + at + count <= node.medium.size();
    if (lands && fits) node.medium.write(write.offset + at, ByteView(write.bytes).subspan(at, count));
    at += count;
  }
}

}  // namespace

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

void FakeDisk::restart(Unsynced unsynced, std::uint64_t seed) {
  std::lock_guard lock(state_->mutex);
  State& state = *state_;
  SeededRandom random(seed);
  std::size_t names_kept = 0;
  if (unsynced == Unsynced::kept) names_kept = state.pending.size();
  if (unsynced == Unsynced::torn)
    names_kept = static_cast<std::size_t>(random.below(state.pending.size() + 1));
  for (std::size_t i = 0; i < names_kept; ++i) carry_out(state.medium, state.pending[i]);
  state.pending.clear();
  // Names are sorted, so a lost directory goes before what is in it.
  for (auto entry = state.medium.begin(); entry != state.medium.end();) {
    const bool orphan = entry->first != "/" && !state.medium.contains(parent_of(entry->first));
    entry = orphan ? state.medium.erase(entry) : std::next(entry);
  }
  state.seen = state.medium;
  for (const auto& weak : state.nodes) {
    NodePointer node = weak.lock();
    if (!node) continue;
    for (const PendingWrite& write : node->pending) {
      if (unsynced == Unsynced::kept) carry_out(node->medium, write);
      if (unsynced == Unsynced::torn) apply_torn(*node, write, random);
    }
    node->pending.clear();
    node->seen = node->medium;
  }
  state.read = state.write = state.sync = state.rename = state.open = {};
  state.cut_in = 0;
  state.off = false;
  ++state.generation;
}

}  // namespace dunlin
