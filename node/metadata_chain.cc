#include "node/metadata_chain.h"

#include <map>

#include "core/base/log.h"
#include "core/trust/metadata_refresh.h"

namespace dunlin {

namespace {

std::string path_of(const std::string& file_name) {
  return "metadata/" + file_name;
}

}  // namespace

Task<Result<void>> MetadataChain::follow() {
  MetadataRefresh refresh(metadata_, began_);
  for (;;) {
    Result<std::optional<MetadataRequest>> request = refresh.next();
    if (!request) co_return fail(std::move(request.error()));
    if (!*request) co_return Result<void>();
    const bool is_root = (*request)->role == "root";
    const std::string path = path_of((*request)->file_name());
    const std::uint64_t size_max = (*request)->size_max;
    bool missing = false;
    auto file = co_await places_.get(place_, path, size_max, missing);
    if (missing && is_root) {
      Result<void> ended = refresh.take_missing();
      if (!ended) co_return ended;
      continue;
    }
    if (!file) co_return fail(std::move(file.error()));
    Result<void> taken = refresh.take(as_text(*file));
    if (!taken) co_return fail(std::move(taken.error()), place_.name);
    if (is_root) log_info("new root metadata", {{"version", metadata_.versions().root}});
  }
}

std::uint64_t complete_version(const TrustedMetadata& metadata) {
  const TrustedVersions versions = metadata.versions();
  if (versions.timestamp <= 0) return 0;
  const bool complete = metadata.has_named_snapshot() && metadata.has_named_targets();
  return static_cast<std::uint64_t>(complete ? versions.timestamp : versions.timestamp - 1);
}

std::optional<std::string> trusted_file(const TrustedMetadata& metadata, std::string_view path) {
  const TrustedVersions versions = metadata.versions();
  const MetadataBundle files = metadata.trusted_files();
  std::map<std::string, std::string, std::less<>> by_path;
  std::int64_t root_version = versions.root - static_cast<std::int64_t>(files.roots.size());
  for (const std::string& root : files.roots)
    by_path[path_of(metadata_file_name("root", ++root_version))] = root;
  const auto named = [&](const char* role, std::int64_t version) {
    return path_of(metadata_file_name(
        role, metadata.consistent_snapshot() ? std::optional<std::int64_t>(version) : std::nullopt));
  };
  by_path[path_of(metadata_file_name("timestamp", std::nullopt))] = files.timestamp;
  by_path[named("snapshot", versions.snapshot)] = files.snapshot;
  by_path[named("targets", versions.targets)] = files.targets;
  const auto found = by_path.find(path);
  if (found == by_path.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

}  // namespace dunlin
