
#include "core/base/log.h"
#include "core/trust/canonical_json.h"
#include "core/trust/json_reader.h"
#include "core/trust/metadata.h"
#include "core/trust/role.h"

namespace dunlin {

namespace {

constexpr std::uint64_t store_size_max = 64 * 1024 * 1024;

// One file, so that one rename changes everything at once.
std::string file_path(const std::string& directory) {
  return directory + "/trusted-metadata.json";
}

std::string to_store_json(const MetadataBundle& files) {
  const nlohmann::json json{{"roots", files.roots},
                            {"timestamp", files.timestamp},
                            {"snapshot", files.snapshot},
                            {"targets", files.targets}};
  return to_json_text(json);
}

Result<MetadataBundle> parse_store_json(std::string_view text) {
  Result<nlohmann::json> json = parse_strict_json(text, store_size_max);
  if (!json) return fail(std::move(json.error()));
  JsonFailure failure;
  JsonReader reader(*json, "", failure);
  MetadataBundle files;
  for (const JsonReader& root : reader.at("roots").elements())
    files.roots.push_back(root.text(root_size_max));
  files.timestamp = reader.at("timestamp").text(timestamp_size_max);
  files.snapshot = reader.at("snapshot").text(snapshot_size_max);
  files.targets = reader.at("targets").text(targets_size_max);
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()));
  return files;
}

}  // namespace

Result<TrustedMetadata> MetadataStore::load(const std::string& initial_root_path) {
  Result<std::string> root = read_text(disk_, initial_root_path, root_size_max);
  if (!root) return fail(std::move(root.error()), "initial root metadata");
  Result<TrustedMetadata> metadata = TrustedMetadata::from_root(*root);
  if (!metadata) return fail(std::move(metadata.error()), "initial root metadata " + initial_root_path);

  const std::string path = file_path(directory_);
  Result<FileStatus> status = disk_.status(path);
  if (status && status->kind == FileKind::none) return metadata;
  Result<std::string> text = read_text(disk_, path, store_size_max);
  if (!text) {
    log_warning("stored metadata cannot be read; starting from the initial root",
                {{"path", path}, {"reason", text.error()}});
    return metadata;
  }
  Result<MetadataBundle> stored = parse_store_json(*text);
  if (!stored) {
    log_warning("stored metadata is damaged; starting from the initial root",
                {{"path", path}, {"reason", stored.error()}});
    return metadata;
  }
  for (const std::string& reason : metadata->restore(*stored))
    log_warning("a stored metadata file does not verify and is left out",
                {{"path", path}, {"reason", reason}});
  return metadata;
}

Result<void> MetadataStore::save(const TrustedMetadata& metadata) {
  Result<void> directory = create_durable_directories(disk_, directory_);
  if (!directory) return fail(std::move(directory.error()), "saving metadata");
  const std::string text = to_store_json(metadata.trusted_files());
  Result<void> written = write_file_atomically(disk_, file_path(directory_), as_bytes(text));
  if (!written) return fail(std::move(written.error()), "saving metadata");
  return {};
}

}  // namespace dunlin
