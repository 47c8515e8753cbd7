// What becomes of a FakeDisk when its power goes, and copies of it to try every outcome.
#include <functional>
#include <unordered_map>

#include "tests/fakes/fake_disk_state.h"

namespace dunlin {

namespace {

constexpr std::uint64_t sector_size = 512;

// Calls visit(offset in the write, count) for each piece of the write that lies in one sector.
template <class Visit>
void for_each_sector(const PendingWrite& write, Visit visit) {
  for (std::size_t at = 0; at < write.bytes.size();) {
    const std::uint64_t to_edge = sector_size - (write.offset + at) % sector_size;
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(to_edge, write.bytes.size() - at));
    visit(at, count);
    at += count;
  }
}

void land(Node& node, const PendingWrite& write, std::size_t at, std::size_t count) {
  const std::uint64_t end = write.offset + at + count;
  if (node.kind == FileKind::block_device && end > node.medium.size()) return;
  node.medium.write(write.offset + at, ByteView(write.bytes).subspan(at, count));
}

// A list of fates as it is used up, part by part.
class Fates {
 public:
  explicit Fates(const std::vector<bool>& kept) : kept_(kept) {}
  bool next() {
    const std::size_t part = next_++;
    return part < kept_.size() && kept_[part];
  }

 private:
  const std::vector<bool>& kept_;
  std::size_t next_ = 0;
};

void settle_content(Node& node, Fates& fates) {
  for (const PendingWrite& write : node.pending) {
    if (write.new_size) {
      if (fates.next()) node.medium.resize(*write.new_size);
      continue;
    }
    for_each_sector(write, [&](std::size_t at, std::size_t count) {
      if (fates.next()) land(node, write, at, count);
    });
  }
  if (node.empty_entry && !fates.next()) node.medium.resize(0);
  node.empty_entry.reset();
  node.pending.clear();
  node.seen = node.medium;
}

// Names are sorted, so a lost directory goes before what is in it.
void drop_orphans(Names& names) {
  for (auto entry = names.begin(); entry != names.end();) {
    const bool orphan = entry->first != "/" && !names.contains(parent_of(entry->first));
    entry = orphan ? names.erase(entry) : std::next(entry);
  }
}

std::uint64_t mixed(std::uint64_t sum, std::string_view bytes) {
  return (sum ^ std::hash<std::string_view>()(bytes)) * 0x9E3779B97F4A7C15u + bytes.size();
}

}  // namespace

std::vector<UnsyncedPart> FakeDisk::unsynced() const {
  std::lock_guard lock(state_->mutex);
  std::unordered_map<const Node*, std::string> paths;
  for (const Names* names : {&state_->medium, &state_->seen})
    for (const auto& [path, node] : *names) paths[node.get()] = path;
  std::vector<UnsyncedPart> parts;
  for (const PendingName& change : state_->pending)
    parts.push_back({UnsyncedPart::Kind::name, change.change, change.path});
  for (const auto& weak : state_->nodes) {
    NodePointer node = weak.lock();
    if (!node) continue;
    for (const PendingWrite& write : node->pending) {
      const std::string& path = paths[node.get()];
      if (write.new_size) parts.push_back({UnsyncedPart::Kind::size, write.change, path});
      for_each_sector(write, [&](std::size_t, std::size_t) {
        parts.push_back({UnsyncedPart::Kind::sector, write.change, path});
      });
    }
    if (node->empty_entry) parts.push_back({UnsyncedPart::Kind::size, *node->empty_entry, paths[node.get()]});
  }
  return parts;
}

void FakeDisk::restart(Unsynced fate, std::uint64_t seed) {
  const std::vector<UnsyncedPart> parts = unsynced();
  const auto is_name = [](const UnsyncedPart& part) { return part.kind == UnsyncedPart::Kind::name; };
  const auto names = static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), is_name));
  SeededRandom random(seed);
  std::vector<bool> kept(parts.size(), fate == Unsynced::kept);
  if (fate == Unsynced::torn) {
    const std::size_t names_kept = static_cast<std::size_t>(random.below(names + 1));
    for (std::size_t i = 0; i < parts.size(); ++i)
      kept[i] = i < names ? i < names_kept : random.below(2) == 0;
  }
  restart(kept);
}

void FakeDisk::restart(const std::vector<bool>& kept) {
  std::lock_guard lock(state_->mutex);
  State& state = *state_;
  Fates fates(kept);
  for (const PendingName& change : state.pending)
    if (fates.next()) carry_out(state.medium, change);
  state.pending.clear();
  drop_orphans(state.medium);
  state.seen = state.medium;
  for (const auto& weak : state.nodes)
    if (NodePointer node = weak.lock()) settle_content(*node, fates);
  state.read = state.write = state.sync = state.rename = state.open = {};
  state.cut_in = 0;
  state.off = false;
  ++state.generation;
}

std::unique_ptr<FakeDisk> FakeDisk::clone() const {
  std::lock_guard lock(state_->mutex);
  auto copy = std::make_unique<FakeDisk>();
  State& to = *copy->state_;
  std::unordered_map<const Node*, NodePointer> nodes;
  to.nodes.clear();
  for (const auto& weak : state_->nodes) {
    NodePointer node = weak.lock();
    if (!node) continue;
    nodes[node.get()] = std::make_shared<Node>(*node);
    to.nodes.push_back(nodes[node.get()]);
  }
  const auto copied = [&](const Names& names) {
    Names result;
    for (const auto& [path, node] : names) result[path] = nodes[node.get()];
    return result;
  };
  to.seen = copied(state_->seen);
  to.medium = copied(state_->medium);
  for (const PendingName& change : state_->pending)
    to.pending.push_back({change.change, change.path, change.node ? nodes[change.node.get()] : nullptr});
  to.off = state_->off;
  to.changes = state_->changes;
  to.written = state_->written;
  to.capacity = state_->capacity;
  to.fat = state_->fat;
  return copy;
}

std::uint64_t FakeDisk::fingerprint() const {
  std::lock_guard lock(state_->mutex);
  std::uint64_t sum = 0;
  std::string content;
  for (const auto& [path, node] : state_->seen) {
    sum = mixed(sum, path);
    if (node->kind == FileKind::directory) continue;
    content.resize(static_cast<std::size_t>(node->seen.size()));
    node->seen.read(0, {reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
    sum = mixed(sum, content);
  }
  return sum;
}

}  // namespace dunlin
