#include "tests/tuf/tuf_client.h"

#include "core/base/log.h"
#include "core/base/percent_encoding.h"
#include "core/trust/metadata_refresh.h"
#include "core/trust/role.h"

namespace dunlin {

namespace {

constexpr std::uint64_t target_size_max = 1u << 30;  // a target is held in memory until it is verified
constexpr std::size_t file_name_max = 200;

// What RFC 3986 lets stand in a path, slashes included.
std::string encode_path(std::string_view path) {
  constexpr std::string_view allowed = "/!$&'()*+,;=:@";
  std::string out;
  for (const char& c : path)
    out += allowed.find(c) != std::string_view::npos ? std::string(1, c) : percent_encode({&c, 1});
  return out;
}

// Consistent snapshots put a hash before the file's name (5.7.3).
std::string target_url_path(const std::string& target, const TargetEntry& entry, bool has_hash_prefix) {
  if (!has_hash_prefix) return encode_path(target);
  const std::size_t slash = target.rfind('/');
  const std::size_t file = slash == std::string::npos ? 0 : slash + 1;
  const std::string hash = entry.sha256 ? entry.sha256->hex() : to_hex(*entry.sha512);
  return encode_path(target.substr(0, file)) + hash + "." + encode_path(target.substr(file));
}

// One flat name for any target path.
std::string target_file_name(const std::string& target) {
  if (target == "." || target == "..") return target == "." ? "%2E" : "%2E%2E";
  std::string name = percent_encode(target);
  return name.size() <= file_name_max ? name : sha256(as_bytes(target)).hex();
}

}  // namespace

Result<void> TufClient::init() {
  Result<std::string> root = read_text(disk_, options_.trusted_root, root_size_max);
  if (!root) return fail(std::move(root.error()));
  return folder_.begin(*root);
}

Task<Result<Bytes>> TufClient::fetch(std::string url, std::uint64_t size_max, bool& missing) {
  HttpRequest request;
  request.url = url;
  request.body_size_max = size_max;
  missing = false;
  auto answer = co_await http_.send(std::move(request));
  if (!answer) co_return fail(std::move(answer.error()), "fetching " + url);
  log_info("fetched", {{"url", url}, {"status", answer->status}});
  missing = answer->status == 404 || answer->status == 403;
  if (answer->status == 200) co_return std::move(answer->body);
  co_return fail(ErrorKind::retry_later, url + " answered " + std::to_string(answer->status));
}

Task<Result<void>> TufClient::refresh() {
  Result<TrustedMetadata> loaded = folder_.load();
  if (!loaded) co_return fail(std::move(loaded.error()));
  metadata_ = std::move(*loaded);
  MetadataRefresh cycle(*metadata_, began_);
  for (;;) {
    Result<std::optional<MetadataRequest>> request = cycle.next();
    if (!request) co_return fail(std::move(request.error()));
    if (!*request) co_return Result<void>();
    const bool is_root = (*request)->role == "root";
    const std::string url = options_.metadata_url + (*request)->file_name();
    const std::uint64_t size_max = (*request)->size_max;
    bool missing = false;
    auto file = co_await fetch(url, size_max, missing);
    if (!file && !(missing && is_root)) co_return fail(std::move(file.error()));
    Result<void> taken = file ? cycle.take(as_text(*file)) : cycle.take_missing();
    if (!taken) co_return taken;
    Result<void> saved = folder_.save(*metadata_);
    if (!saved) co_return saved;
  }
}

Task<Result<void>> TufClient::look_at(TargetSearch& search, MetadataRequest request) {
  const std::optional<std::string> kept = folder_.delegated(request.role);
  if (kept) {
    Result<void> taken = search.take(*kept);
    if (taken) co_return taken;
  }
  const std::string url = options_.metadata_url + request.file_name();
  const std::uint64_t size_max = request.size_max;
  bool missing = false;
  auto file = co_await fetch(url, size_max, missing);
  if (!file) co_return fail(std::move(file.error()));
  Result<void> taken = search.take(as_text(*file));
  if (!taken) co_return taken;
  co_return folder_.save_delegated(request.role, as_text(*file));
}

Task<Result<TargetEntry>> TufClient::find(std::string target) {
  TargetSearch search(*metadata_, target, began_);
  for (;;) {
    Result<std::optional<MetadataRequest>> request = search.next();
    if (!request) co_return fail(std::move(request.error()));
    if (!*request) break;
    MetadataRequest wanted = std::move(**request);
    auto looked = co_await look_at(search, std::move(wanted));
    if (!looked) co_return fail(std::move(looked.error()));
  }
  if (search.found()) co_return *search.found();
  co_return fail(ErrorKind::usage, "the repository lists no target " + target);
}

bool TufClient::is_kept(const std::string& path, const TargetEntry& entry) {
  Result<Bytes> kept = read_file(disk_, path, entry.size);
  return kept && check_target(entry, *kept);
}

Task<Result<void>> TufClient::download_one(std::string target) {
  auto entry = co_await find(target);
  if (!entry) co_return fail(std::move(entry.error()));
  const std::string path = options_.target_dir + "/" + target_file_name(target);
  if (is_kept(path, *entry)) co_return Result<void>();
  if (entry->size > target_size_max)
    co_return fail(ErrorKind::usage, target + " has more than " + std::to_string(target_size_max) + " bytes");
  if (!entry->sha256 && !entry->sha512)
    co_return fail(ErrorKind::bad_image, target + " names no hash that this program knows (sha256, sha512)");
  const std::string url =
      options_.target_base_url + target_url_path(target, *entry, metadata_->consistent_snapshot());
  bool missing = false;
  auto bytes = co_await fetch(url, entry->size, missing);
  if (!bytes) co_return fail(std::move(bytes.error()));
  Result<void> same = check_target(*entry, *bytes);
  if (!same) co_return fail(std::move(same.error()), url);
  Result<void> made = create_durable_directories(disk_, options_.target_dir);
  if (!made) co_return made;
  co_return write_file_atomically(disk_, path, *bytes);
}

Task<Result<void>> TufClient::download() {
  auto refreshed = co_await refresh();
  if (!refreshed) co_return refreshed;
  for (std::size_t i = 0; i < options_.target_names.size(); ++i) {
    std::string target = options_.target_names[i];
    auto downloaded = co_await download_one(std::move(target));
    if (!downloaded) co_return downloaded;
  }
  co_return Result<void>();
}

}  // namespace dunlin
