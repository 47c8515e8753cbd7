#include "core/trust/metadata_folder.h"

#include "core/base/log.h"
#include "core/trust/repository_path.h"
#include "core/trust/role.h"

namespace dunlin {

namespace {

constexpr std::size_t kept_name_max = 200;  // of the 255 bytes of a file name

std::string top_level_file(const std::string& role) {
  return metadata_file_name(role, std::nullopt);
}

std::string delegated_file(const std::string& role) {
  const std::string name = metadata_file_name(role, std::nullopt);
  return name.size() <= kept_name_max ? name : sha256(as_bytes(role)).hex() + ".json";
}

}  // namespace

std::string MetadataFolder::history_file(std::int64_t version) const {
  return path_ + "/root_history/" + metadata_file_name("root", version);
}

std::optional<std::string> MetadataFolder::read(const std::string& path, std::size_t size_max) {
  Result<FileStatus> status = disk_.status(path);
  if (status && status->kind == FileKind::none) return std::nullopt;
  Result<std::string> text = read_text(disk_, path, size_max);
  if (text) return std::move(*text);
  log_warning("a stored metadata file cannot be read and is left out",
              {{"path", path}, {"reason", text.error()}});
  return std::nullopt;
}

Result<void> MetadataFolder::put(const std::string& path, std::string_view text, std::size_t size_max) {
  if (read(path, size_max) == text) return {};
  return write_file_atomically(disk_, path, as_bytes(text));
}

Result<void> MetadataFolder::remove_unless(const std::string& path, std::string_view text,
                                           std::size_t size_max) {
  Result<FileStatus> status = disk_.status(path);
  if (status && status->kind == FileKind::none) return {};
  if (!text.empty() && read(path, size_max) == text) return {};
  Result<void> removed = disk_.remove(path);
  if (!removed) return removed;
  return disk_.sync_directory(folder_of(path));
}

Result<void> MetadataFolder::remove_all(const std::string& folder) {
  Result<FileStatus> status = disk_.status(folder);
  if (!status || status->kind == FileKind::none) return {};
  Result<std::vector<std::string>> names = disk_.list(folder);
  if (!names) return fail(std::move(names.error()));
  for (const std::string& name : *names) {
    if (!name.ends_with(".json")) continue;
    Result<void> removed = disk_.remove(folder + "/" + name);
    if (!removed) return removed;
  }
  return disk_.sync_directory(folder);
}

Result<void> MetadataFolder::begin(std::string_view root_json) {
  Result<TrustedMetadata> metadata = TrustedMetadata::from_root(root_json);
  if (!metadata) return fail(std::move(metadata.error()));
  Result<void> made = create_durable_directories(disk_, path_);
  if (!made) return made;
  for (const std::string& folder : {path_ + "/root_history", path_}) {
    Result<void> removed = remove_all(folder);
    if (!removed) return removed;
  }
  return save(*metadata);
}

Result<void> MetadataFolder::save_root(const TrustedMetadata& metadata) {
  const std::string root_file = file(top_level_file("root"));
  if (read(root_file, root_size_max) == metadata.root_json()) return {};
  const MetadataBundle files = metadata.trusted_files();
  Result<void> made = create_durable_directories(disk_, path_ + "/root_history");
  if (!made) return made;
  std::int64_t version = metadata.versions().root - static_cast<std::int64_t>(files.roots.size());
  for (const std::string& root : files.roots) {
    Result<void> kept = put(history_file(++version), root, root_size_max);
    if (!kept) return kept;
  }
  // From here on load() takes the new root. What the old one trusted must not stay beside it.
  Result<void> timestamp =
      remove_unless(file(top_level_file("timestamp")), files.timestamp, timestamp_size_max);
  if (!timestamp) return timestamp;
  Result<void> snapshot = remove_unless(file(top_level_file("snapshot")), files.snapshot, snapshot_size_max);
  if (!snapshot) return snapshot;
  return write_file_atomically(disk_, root_file, as_bytes(metadata.root_json()));
}

Result<void> MetadataFolder::save(const TrustedMetadata& metadata) {
  struct RoleFile {
    const char* role;
    const std::string& text;
    std::size_t size_max;
  };
  Result<void> made = create_durable_directories(disk_, path_);
  if (!made) return fail(std::move(made.error()), "saving metadata");
  Result<void> root = save_root(metadata);
  if (!root) return fail(std::move(root.error()), "saving metadata");
  const MetadataBundle files = metadata.trusted_files();
  for (const RoleFile& each : {RoleFile{"timestamp", files.timestamp, timestamp_size_max},
                               RoleFile{"snapshot", files.snapshot, snapshot_size_max},
                               RoleFile{"targets", files.targets, targets_size_max}}) {
    const std::string path = file(top_level_file(each.role));
    Result<void> kept =
        each.text.empty() ? remove_unless(path, {}, each.size_max) : put(path, each.text, each.size_max);
    if (!kept) return fail(std::move(kept.error()), "saving metadata");
  }
  return {};
}

// A save that was cut short left the root it was about to take.
void MetadataFolder::follow_history(TrustedMetadata& metadata) {
  for (;;) {
    const std::optional<std::string> root = read(history_file(metadata.versions().root + 1), root_size_max);
    if (!root) return;
    Result<void> updated = metadata.update_root(*root);
    if (updated) continue;
    log_warning("a stored root does not verify and is left out", {{"reason", updated.error()}});
    return;
  }
}

Result<TrustedMetadata> MetadataFolder::load() {
  const std::string root_file = file(top_level_file("root"));
  Result<std::string> root = read_text(disk_, root_file, root_size_max);
  if (!root) return fail(ErrorKind::usage, root.error().message + ": run init with a trusted root first");
  Result<TrustedMetadata> metadata = TrustedMetadata::from_root(*root);
  if (!metadata) return fail(std::move(metadata.error()), root_file);
  MetadataBundle stored;
  stored.timestamp = read(file(top_level_file("timestamp")), timestamp_size_max).value_or("");
  stored.snapshot = read(file(top_level_file("snapshot")), snapshot_size_max).value_or("");
  stored.targets = read(file(top_level_file("targets")), targets_size_max).value_or("");
  for (const std::string& reason : metadata->restore(stored))
    log_warning("a stored metadata file does not verify and is left out", {{"reason", reason}});
  follow_history(*metadata);
  return metadata;
}

std::optional<std::string> MetadataFolder::delegated(const std::string& role) {
  return read(file(delegated_file(role)), targets_size_max);
}

Result<void> MetadataFolder::save_delegated(const std::string& role, std::string_view json) {
  Result<void> kept = put(file(delegated_file(role)), json, targets_size_max);
  if (!kept) return fail(std::move(kept.error()), "saving metadata of " + role);
  return {};
}

}  // namespace dunlin
