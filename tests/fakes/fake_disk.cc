#include "tests/fakes/fake_disk.h"

#include <algorithm>

#include "tests/fakes/fake_disk_file.h"

namespace dunlin {

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
    node->pending.push_back({state_->changes, 0, {}, 0});
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
      if (path.starts_with(prefix)) moved.push_back({0, path, child});
    for (const PendingName& child : moved) state_->set_name(to + child.path.substr(from.size()), child.node);
    for (const PendingName& child : moved) state_->set_name(child.path, nullptr);
  }
  if (!state_->fat.empty() && parent_of(to) == state_->fat) node->empty_entry = state_->changes;
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
  std::reverse(missing.begin(), missing.end());
  const std::string lowest = missing.empty() ? path : parent_of(missing.front());
  if (!state_->is_directory(lowest)) return fail_with(ENOTDIR, what);
  for (const std::string& directory : missing) {
    if (!state_->begin_change()) return fail_with(EIO, what);
    state_->set_name(directory, state_->make(FileKind::directory));
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

}  // namespace dunlin
