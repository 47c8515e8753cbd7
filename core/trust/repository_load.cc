// How a signer finds its repository again on the disk.
#include "core/trust/canonical_json.h"
#include "core/trust/repository_path.h"
#include "core/trust/repository_signer_state.h"

namespace dunlin {

namespace {

class RepositoryReader {
 public:
  RepositoryReader(Disk& disk, const std::string& directory) : disk_(disk), directory_(directory) {}

  Result<bool> has(const std::string& path) {
    Result<FileStatus> status = disk_.status(directory_ + "/" + path);
    if (!status) return fail(std::move(status.error()));
    return status->kind != FileKind::none;
  }
  Result<std::string> read(const std::string& path, std::size_t size_max) {
    return read_text(disk_, directory_ + "/" + path, size_max);
  }

 private:
  Disk& disk_;
  const std::string& directory_;
};

// What a client trusts after each of the roots, the newest last.
Result<std::vector<TrustedMetadata>> read_roots(RepositoryReader& reader) {
  Result<std::string> first = reader.read(root_path(1), root_size_max);
  if (!first)
    return fail(ErrorKind::usage,
                "there is no repository here (" + first.error().message + "): run init first");
  Result<TrustedMetadata> metadata = TrustedMetadata::from_root(*first);
  if (!metadata) return fail(std::move(metadata.error()), root_path(1));
  std::vector<TrustedMetadata> stages{*metadata};
  for (;;) {
    const std::string path = root_path(metadata->versions().root + 1);
    Result<bool> is_there = reader.has(path);
    if (!is_there) return fail(std::move(is_there.error()));
    if (!*is_there) return stages;
    Result<std::string> json = reader.read(path, root_size_max);
    if (!json) return fail(std::move(json.error()));
    Result<void> updated = metadata->update_root(*json);
    if (!updated) return fail(std::move(updated.error()), path);
    stages.push_back(*metadata);
  }
}

// Timestamp, snapshot and targets, all or none: none is a repository that was made and never published.
Result<void> read_published(RepositoryReader& reader, TrustedMetadata& metadata) {
  const std::string timestamp_file(timestamp_path);
  Result<bool> is_published = reader.has(timestamp_file);
  if (!is_published) return fail(std::move(is_published.error()));
  if (!*is_published) return {};
  Result<std::string> timestamp = reader.read(timestamp_file, timestamp_size_max);
  if (!timestamp) return fail(std::move(timestamp.error()));
  Result<void> updated = metadata.update_timestamp(*timestamp, unjudged);
  if (!updated) return fail(std::move(updated.error()), timestamp_file);
  const std::string snapshot_file = snapshot_path(metadata.expected_snapshot()->version);
  Result<std::string> snapshot = reader.read(snapshot_file, snapshot_size_max);
  if (!snapshot) return fail(std::move(snapshot.error()));
  updated = metadata.update_snapshot(*snapshot, unjudged);
  if (!updated) return fail(std::move(updated.error()), snapshot_file);
  const std::string targets_file = targets_path(metadata.expected_targets()->version);
  Result<std::string> targets = reader.read(targets_file, targets_size_max);
  if (!targets) return fail(std::move(targets.error()));
  updated = metadata.update_targets(*targets, unjudged);
  if (!updated) return fail(std::move(updated.error()), targets_file);
  return {};
}

// The body of a file that was verified before.
nlohmann::json body_of(std::string_view json, std::size_t size_max) {
  Result<SignedFile> file = parse_signed_file(json, size_max);
  return file ? std::move(file->body) : nlohmann::json::object();
}

WallTime expiry_of(const nlohmann::json& body, const std::string& type) {
  JsonFailure failure;
  return read_role_header(JsonReader(body, "", failure), type).expires;
}

// The newest root is published before its timestamp: when the power went between the two, what is published
// belongs to the root before. Returns that root's place in `stages`.
Result<std::size_t> read_published(RepositoryReader& reader, std::vector<TrustedMetadata>& stages) {
  const std::size_t newest = stages.size() - 1;
  Result<void> read = read_published(reader, stages[newest]);
  if (read) return newest;
  if (newest == 0 || !read_published(reader, stages[newest - 1])) return fail(std::move(read.error()));
  return newest - 1;
}

}  // namespace

Result<RepositorySigner> RepositorySigner::load(Disk& disk, const std::string& key_directory,
                                                const std::string& repository_directory,
                                                const RoleLifetimes& lifetimes) {
  static NoPassphrases nobody;
  RepositoryReader reader(disk, repository_directory);
  Result<std::vector<TrustedMetadata>> roots = read_roots(reader);
  if (!roots) return fail(std::move(roots.error()));
  Result<KeyRing> ring = KeyRing::load(disk, key_directory, nobody);
  if (!ring) return fail(std::move(ring.error()));
  Result<std::size_t> published = read_published(reader, *roots);
  if (!published) return fail(std::move(published.error()));
  return with(*roots, *published, std::move(*ring), lifetimes);
}

Result<RepositorySigner> RepositorySigner::load(Disk& disk, KeyRing keys,
                                                const std::string& repository_directory,
                                                const RoleLifetimes& lifetimes) {
  RepositoryReader reader(disk, repository_directory);
  Result<std::vector<TrustedMetadata>> stages = read_roots(reader);
  if (!stages) return fail(std::move(stages.error()));
  Result<std::size_t> published = read_published(reader, *stages);
  if (!published) return fail(std::move(published.error()));
  return with(*stages, *published, std::move(keys), lifetimes);
}

RepositorySigner RepositorySigner::with(const std::vector<TrustedMetadata>& stages, std::size_t published,
                                        KeyRing keys, const RoleLifetimes& lifetimes) {
  const TrustedMetadata& newest = stages.back();
  const TrustedMetadata& metadata = stages[published];
  const MetadataBundle files = metadata.trusted_files();
  auto state = std::make_unique<State>();
  state->lifetimes = lifetimes;
  *state->ring = std::move(keys);
  state->root_is_ahead = published + 1 < stages.size();
  state->root_json = newest.root_json();
  state->root_body = body_of(state->root_json, root_size_max);
  state->expiry.root = expiry_of(state->root_body, "root");
  state->versions = metadata.versions();
  state->versions.root = newest.versions().root;
  state->proven = std::max(newest.proven_time(), metadata.proven_time());
  state->targets = metadata.targets();
  state->targets_body = nlohmann::json{{"targets", nlohmann::json::object()}};
  if (!files.timestamp.empty()) {
    state->targets_json = files.targets;
    state->snapshot_json = files.snapshot;
    state->targets_body = body_of(files.targets, targets_size_max);
    state->expiry.targets = expiry_of(state->targets_body, "targets");
    state->expiry.snapshot = expiry_of(body_of(files.snapshot, snapshot_size_max), "snapshot");
    state->expiry.timestamp = expiry_of(body_of(files.timestamp, timestamp_size_max), "timestamp");
  }
  return RepositorySigner(std::move(state));
}

Result<void> write_repository(Disk& disk, const std::string& repository_directory,
                              const std::vector<RepositoryOutput>& outputs) {
  for (const RepositoryOutput& output : outputs) {
    Result<void> checked = check_repository_path(output.path);
    if (!checked) return fail(std::move(checked.error()), "repository path " + output.path);
    const std::string path = repository_directory + "/" + output.path;
    Result<void> made = create_durable_directories(disk, path.substr(0, path.rfind('/')));
    if (!made) return made;
    Result<void> written = write_file_atomically(disk, path, as_bytes(output.bytes));
    if (!written) return fail(std::move(written.error()), "writing the repository");
  }
  return {};
}

}  // namespace dunlin
