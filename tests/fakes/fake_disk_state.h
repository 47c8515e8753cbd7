#pragma once
// The inside of FakeDisk, for the files of FakeDisk only: what programs see, what the medium has, and the
// changes in between.
#include <filesystem>
#include <map>
#include <string>

#include "tests/fakes/fake_disk.h"

namespace dunlin {

inline std::string normal(const std::string& path) {
  std::string text = ("/" / std::filesystem::path(path)).lexically_normal().string();
  if (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

inline std::string parent_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

inline tl::unexpected<Error> fail_with(int error, const std::string& what) {
  return fail(ErrorKind::device, std::error_code(error, std::generic_category()), what);
}

// A change of a file's content that is not on the medium yet: bytes at an offset, or a new size.
struct PendingWrite {
  int change = 0;  // its number
  std::uint64_t offset = 0;
  Bytes bytes;
  std::optional<std::uint64_t> new_size;
};

struct Node {
  FileKind kind = FileKind::regular;
  SparseBytes seen;    // as programs read it
  SparseBytes medium;  // as of the last sync
  std::vector<PendingWrite> pending;
  std::optional<int> empty_entry;  // the change that renamed it on FAT, and it was not synced since
};

using NodePointer = std::shared_ptr<Node>;
using Names = std::map<std::string, NodePointer>;

// A change of one name that is not on the medium yet; no node: the name goes away.
struct PendingName {
  int change = 0;  // its number
  std::string path;
  NodePointer node;
};

inline void carry_out(SparseBytes& content, const PendingWrite& write) {
  if (write.new_size)
    content.resize(*write.new_size);
  else
    content.write(write.offset, write.bytes);
}

inline void carry_out(Names& names, const PendingName& change) {
  if (change.node)
    names[change.path] = change.node;
  else
    names.erase(change.path);
}

inline void sync_content(Node& node) {
  for (const PendingWrite& write : node.pending) carry_out(node.medium, write);
  node.pending.clear();
  node.empty_entry.reset();
}

struct Countdown {
  int left = 0;  // 0: off
  int error = EIO;
  bool hits() { return left > 0 && --left == 0; }
};

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
  std::string fat;  // folder of a FAT partition; empty: there is none

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
    pending.push_back({changes, path, std::move(node)});
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

}  // namespace dunlin
