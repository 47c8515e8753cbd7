#include "seeder/pending_change.h"

namespace dunlin {

namespace {

constexpr std::size_t pending_size_max = 32 * 1024 * 1024;

}  // namespace

Result<RepositorySigner> open_signer(const SeederPaths& paths, const SeederConfig& config, Disk& disk,
                                     Passphrases& passphrases) {
  Result<KeyRing> ring = KeyRing::load(disk, paths.keys(), passphrases);
  if (!ring) return fail(std::move(ring.error()));
  return RepositorySigner::load(disk, std::move(*ring), paths.repository(), config.lifetimes);
}

Result<std::optional<SigningRequest>> load_pending(const SeederPaths& paths, Disk& disk) {
  Result<FileStatus> status = disk.status(paths.pending_request());
  if (!status) return fail(std::move(status.error()));
  if (status->kind == FileKind::none) return std::optional<SigningRequest>();
  Result<std::string> text = read_text(disk, paths.pending_request(), pending_size_max);
  if (!text) return fail(std::move(text.error()));
  Result<SigningRequest> request = parse_signing_request(*text);
  if (!request) return fail(std::move(request.error()), paths.pending_request());
  return std::optional<SigningRequest>(std::move(*request));
}

Result<void> save_pending(const SeederPaths& paths, Disk& disk, const SigningRequest& request) {
  Result<void> made = create_durable_directories(disk, paths.pending());
  if (!made) return made;
  const std::string text = to_json(request);
  return write_file_atomically(disk, paths.pending_request(), as_bytes(text));
}

Result<void> discard_pending(const SeederPaths& paths, Disk& disk) {
  Result<FileStatus> status = disk.status(paths.pending());
  if (!status) return fail(std::move(status.error()));
  if (status->kind == FileKind::none) return {};
  Result<void> removed = disk.remove(paths.pending_request());
  if (!removed) return removed;
  return disk.sync_directory(paths.pending());
}

Result<void> check_nothing_pending(const SeederPaths& paths, Disk& disk) {
  Result<std::optional<SigningRequest>> waiting = load_pending(paths, disk);
  if (!waiting) return fail(std::move(waiting.error()));
  if (!waiting->has_value()) return {};
  const std::vector<std::string> missing = missing_signatures(**waiting);
  return fail(ErrorKind::usage,
              "another change waits" + (missing.empty() ? std::string() : " (" + missing.front() + ")") +
                  ": `dunlin-seeder key import` its signatures, or `dunlin-seeder key discard` it");
}

Result<bool> finish_pending(const SeederPaths& paths, Disk& disk, RepositorySigner& signer, WallTime now) {
  Result<std::optional<SigningRequest>> waiting = load_pending(paths, disk);
  if (!waiting) return fail(std::move(waiting.error()));
  if (!waiting->has_value() || !missing_signatures(**waiting).empty()) return false;
  Result<std::vector<RepositoryOutput>> outputs = signer.take(**waiting, now);
  if (!outputs) return fail(std::move(outputs.error()));
  Result<void> written = write_repository(disk, paths.repository(), *outputs);
  if (!written) return fail(std::move(written.error()));
  Result<void> removed = discard_pending(paths, disk);
  if (!removed) return fail(std::move(removed.error()));
  return true;
}

}  // namespace dunlin
