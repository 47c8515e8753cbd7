#include "tests/fakes/fake_disk.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

namespace dunlin {

namespace {

constexpr std::uint64_t sector_size = 512;

std::string normal(const std::string& path) {
  std::string text = ("/" / std::filesystem::path(path)).lexically_normal().string();
  if (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

std::string parent_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

tl::unexpected<Error> fail_with(int error, const std::string& what) {
  return fail(ErrorKind::device, std::error_code(error, std::generic_category()), what);
}

// A change of a file's content that is not on the medium yet: bytes at an offset, or a new size.
struct PendingWrite {
  std::uint64_t offset = 0;
  Bytes bytes;
  std::optional<std::uint64_t> new_size;
};

struct Node {
  FileKind kind = FileKind::regular;
  SparseBytes seen;    // as programs read it
  SparseBytes medium;  // as of the last sync
  std::vector<PendingWrite> pending;
};

using NodePointer = std::shared_ptr<Node>;
using Names = std::map<std::string, NodePointer>;

// A change of one name that is not on the medium yet; no node: the name goes away.
struct PendingName {
  std::string path;
  NodePointer node;
};

void carry_out(SparseBytes& content, const PendingWrite& write) {
  if (write.new_size)
    content.resize(*write.new_size);
  else
    content.write(write.offset, write.bytes);
}

void carry_out(Names& names, const PendingName& change) {
  if (change.node)
    names[change.path] = change.node;
  else
    names.erase(change.path);
}

void sync_content(Node& node) {
  for (const PendingWrite& write : node.pending) carry_out(node.medium, write);
  node.pending.clear();
}

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

struct Countdown {
  int left = 0;  // 0: off
  int error = EIO;
  bool hits() { return left > 0 && --left == 0; }
};

}  // namespace

struct FakeDisk::State {
  mutable std::mutex mutex;
  Names seen;
  Names medium;
  std::vector<PendingName> pending;
  std::vector<std::weak_ptr<Node>> nodes;
  Countdown read, write, sync, rename, open;
  int cut_in = 0;
  bool off = false;
  int generation = 0;
  int changes = 0;
  std::uint64_t written = 0;
  std::uint64_t capacity = std::uint64_t{1} << 40;

  State() {
    seen["/"] = make(FileKind::directory);
    medium = seen;
  }

  NodePointer make(FileKind kind) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    nodes.push_back(node);
    return node;
  }

  NodePointer find(const std::string& path) const {
    auto found = seen.find(path);
    return found == seen.end() ? nullptr : found->second;
  }

  bool is_directory(const std::string& path) const {
    NodePointer node = find(path);
    return node && node->kind == FileKind::directory;
  }

  void set_name(const std::string& path, NodePointer node) {
    pending.push_back({path, std::move(node)});
    carry_out(seen, pending.back());
  }

  // Counts a change; false when the power goes before it.
  bool begin_change() {
    if (off) return false;
    ++changes;
    if (cut_in > 0 && --cut_in == 0) off = true;
    return !off;
  }

  std::uint64_t used() const {
    std::uint64_t sum = 0;
    for (const auto& weak : nodes) {
      NodePointer node = weak.lock();
      if (node && node->kind == FileKind::regular)
        sum += (node->seen.size() + SparseBytes::block_size - 1) / SparseBytes::block_size *
               SparseBytes::block_size;
    }
    return sum;
  }

  bool has_room(const Node& node, std::uint64_t new_size) const {
    if (new_size <= node.seen.size()) return true;
    if (node.kind == FileKind::block_device) return false;
    const std::uint64_t rounded =
        (new_size + SparseBytes::block_size - 1) / SparseBytes::block_size * SparseBytes::block_size;
    const std::uint64_t before =
        (node.seen.size() + SparseBytes::block_size - 1) / SparseBytes::block_size * SparseBytes::block_size;
    return used() + rounded - before <= capacity;
  }

  void make_parents(const std::string& path) {
    const std::string parent = parent_of(path);
    if (find(parent)) return;
    make_parents(parent);
    seen[parent] = make(FileKind::directory);
  }
};

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
    node_->pending.push_back({offset, Bytes(bytes.begin(), bytes.end()), {}});
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
    node_->pending.push_back({0, {}, size});
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

FakeDisk::FakeDisk() : state_(std::make_shared<State>()) {}
FakeDisk::~FakeDisk() = default;

Result<std::unique_ptr<File>> FakeDisk::open(const std::string& given, OpenMode mode) {
  std::lock_guard lock(state_->mutex);
  const std::string path = normal(given);
  const std::string what = "opening " + path;
  if (state_->off) return fail_with(EIO, what);
  if (state_->open.hits()) return fail_with(state_->open.error, what);
  NodePointer node = state_->find(path);
  const bool makes = mode != OpenMode::read && mode != OpenMode::read_write;
  if (!node && (!makes || !state_->find(parent_of(path)))) return fail_with(ENOENT, what);
  if (!node && !state_->is_directory(parent_of(path))) return fail_with(ENOTDIR, what);
  if (node && node->kind == FileKind::directory && mode != OpenMode::read) return fail_with(EISDIR, what);
  if (!node) {
    if (!state_->begin_change()) return fail_with(EIO, what);
    node = state_->make(FileKind::regular);
    state_->set_name(path, node);
  } else if ((mode == OpenMode::replace || mode == OpenMode::replace_private) &&
             node->kind == FileKind::regular && node->seen.size() > 0) {
    if (!state_->begin_change()) return fail_with(EIO, what);
    node->pending.push_back({0, {}, 0});
    carry_out(node->seen, node->pending.back());
  }
  return std::make_unique<OpenFile>(state_, node, path, mode != OpenMode::read);
}

Result<void> FakeDisk::rename(const std::string& given_from, const std::string& given_to) {
  std::lock_guard lock(state_->mutex);
  const std::string from = normal(given_from);
  const std::string to = normal(given_to);
  const std::string what = "renaming " + from + " to " + to;
  if (state_->off) return fail_with(EIO, what);
  if (state_->rename.hits()) return fail_with(state_->rename.error, what);
  NodePointer node = state_->find(from);
  if (!node || !state_->is_directory(parent_of(to))) return fail_with(ENOENT, what);
  NodePointer old = state_->find(to);
  if (old && old->kind == FileKind::directory && node->kind != FileKind::directory)
    return fail_with(EISDIR, what);
  if (from == to) return {};
  if (!state_->begin_change()) return fail_with(EIO, what);
  if (node->kind == FileKind::directory) {
    std::vector<PendingName> moved;
    const std::string prefix = from + "/";
    for (const auto& [path, child] : state_->seen)
      if (path.starts_with(prefix)) moved.push_back({path, child});
    for (const PendingName& child : moved) state_->set_name(to + child.path.substr(from.size()), child.node);
    for (const PendingName& child : moved) state_->set_name(child.path, nullptr);
  }
  state_->set_name(to, node);
  state_->set_name(from, nullptr);
  return {};
}

Result<void> FakeDisk::remove(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  const std::string path = normal(given);
  if (state_->off) return fail_with(EIO, "removing " + path);
  NodePointer node = state_->find(path);
  if (!node) return {};
  if (node->kind == FileKind::directory) return fail_with(EISDIR, "removing " + path);
  if (!state_->begin_change()) return fail_with(EIO, "removing " + path);
  state_->set_name(path, nullptr);
  return {};
}

Result<void> FakeDisk::create_directories(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  const std::string path = normal(given);
  const std::string what = "making directory " + path;
  if (state_->off) return fail_with(EIO, what);
  std::vector<std::string> missing;
  for (std::string at = path; !state_->find(at); at = parent_of(at)) missing.push_back(at);
  const std::string& lowest = missing.empty() ? path : parent_of(missing.back());
  if (!state_->is_directory(lowest)) return fail_with(ENOTDIR, what);
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    if (!state_->begin_change()) return fail_with(EIO, what);
    state_->set_name(*at, state_->make(FileKind::directory));
  }
  return {};
}

Result<void> FakeDisk::sync_directory(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  const std::string path = normal(given);
  const std::string what = "syncing directory " + path;
  if (state_->off) return fail_with(EIO, what);
  if (!state_->is_directory(path)) return fail_with(ENOENT, what);
  if (state_->sync.hits()) return fail_with(state_->sync.error, what);
  if (!state_->begin_change()) return fail_with(EIO, what);
  std::erase_if(state_->pending, [&](const PendingName& change) {
    if (parent_of(change.path) != path) return false;
    carry_out(state_->medium, change);
    return true;
  });
  return {};
}

Result<std::vector<std::string>> FakeDisk::list(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  const std::string path = normal(given);
  if (state_->off) return fail_with(EIO, "listing " + path);
  if (!state_->find(path)) return fail_with(ENOENT, "listing " + path);
  if (!state_->is_directory(path)) return fail_with(ENOTDIR, "listing " + path);
  std::vector<std::string> names;
  for (const auto& [name, node] : state_->seen)
    if (name != "/" && parent_of(name) == path) names.push_back(std::filesystem::path(name).filename());
  std::sort(names.begin(), names.end());
  return names;
}

Result<FileStatus> FakeDisk::status(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  const std::string path = normal(given);
  if (state_->off) return fail_with(EIO, "looking at " + path);
  NodePointer node = state_->find(path);
  if (!node) return FileStatus{};
  return FileStatus{node->kind, node->seen.size()};
}

Result<DiskSpace> FakeDisk::space(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  if (state_->off || !state_->find(normal(given)))
    return fail_with(state_->off ? EIO : ENOENT, "reading free space of " + given);
  const std::uint64_t used = state_->used();
  return DiskSpace{state_->capacity - std::min(state_->capacity, used), state_->capacity};
}

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
