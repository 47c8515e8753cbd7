#include "core/trust/bundle_contents.h"

#include <charconv>

#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/json_reader.h"
#include "core/trust/repository_path.h"
#include "core/trust/role.h"

namespace dunlin {

namespace {

constexpr std::int64_t label_format = 1;
constexpr std::uint64_t label_size_max = 4'096;
constexpr std::uint64_t bundled_manifest_size_max = 1u << 20;
constexpr std::uint64_t bundled_torrent_size_max = 16u << 20;
constexpr std::uint64_t contents_size_max = 64u << 20;  // of everything together

Result<BundleLabel> parse_label(ByteView bytes) {
  Result<nlohmann::json> json = parse_strict_json(as_text(bytes), label_size_max);
  if (!json) return fail(std::move(json.error()));
  JsonFailure failure;
  JsonReader reader(*json, "", failure);
  const std::int64_t format = reader.at("format").integer(1);
  BundleLabel label{reader.at("product").text(), reader.at("version").text()};
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()));
  if (format > label_format)
    return fail(ErrorKind::bad_image,
                "the bundle has format " + std::to_string(format) +
                    ", this program knows format 1: use a newer dunlin, or make the bundle "
                    "with an older dunlin-seeder");
  return label;
}

// 3 of "metadata/3.root.json"; 0 when the path is another one.
std::int64_t version_in(std::string_view path, std::string (*path_of)(std::int64_t)) {
  constexpr std::string_view folder = "metadata/";
  if (!path.starts_with(folder)) return 0;
  const std::string_view rest = path.substr(folder.size());
  std::int64_t version = 0;
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), version);
  if (parsed.ec != std::errc() || version < 1 || path != path_of(version)) return 0;
  return version;
}

class ContentsReader {
 public:
  ContentsReader(const ByteSource& source, const BundleIndex& index) : source_(source), index_(index) {}

  Result<BundleContents> read() {
    Result<Bytes> label = read_member(source_, index_.members().front(), label_size_max);
    if (!label) return fail(std::move(label.error()));
    Result<BundleLabel> parsed = parse_label(*label);
    if (!parsed) return fail(std::move(parsed.error()), "the bundle's label");
    contents_.label = std::move(*parsed);
    for (const BundleMember& member : index_.members()) {
      Result<void> taken = take(member);
      if (!taken) return fail(std::move(taken.error()));
    }
    for (auto& [version, json] : roots_) contents_.metadata.roots.push_back(std::move(json));
    Result<void> complete = check_complete();
    if (!complete) return fail(std::move(complete.error()));
    return std::move(contents_);
  }

 private:
  Result<void> take(const BundleMember& member) {
    MetadataBundle& metadata = contents_.metadata;
    const std::string& path = member.path;
    if (const std::int64_t version = version_in(path, root_path))
      return take_role(member, root_size_max, roots_[version]);
    if (path == timestamp_path) return take_role(member, timestamp_size_max, metadata.timestamp);
    if (version_in(path, snapshot_path)) return take_role(member, snapshot_size_max, metadata.snapshot);
    if (version_in(path, targets_path)) return take_role(member, targets_size_max, metadata.targets);
    if (path.starts_with("targets/")) return take_file(member, bundled_manifest_size_max);
    if (path.starts_with("torrents/")) return take_file(member, bundled_torrent_size_max);
    return {};  // packs, and what later versions may add
  }

  Result<void> take_role(const BundleMember& member, std::uint64_t size_max, std::string& place) {
    Result<Bytes> bytes = read_bounded(member, size_max);
    if (!bytes) return fail(std::move(bytes.error()));
    place = std::string(as_text(*bytes));
    return {};
  }

  Result<void> take_file(const BundleMember& member, std::uint64_t size_max) {
    Result<Bytes> bytes = read_bounded(member, size_max);
    if (!bytes) return fail(std::move(bytes.error()));
    contents_.files[member.path] = std::move(*bytes);
    return {};
  }

  Result<Bytes> read_bounded(const BundleMember& member, std::uint64_t size_max) {
    Result<Bytes> bytes = read_member(source_, member, std::min(size_max, left_));
    if (bytes) left_ -= bytes->size();
    return bytes;
  }

  Result<void> check_complete() const {
    const MetadataBundle& metadata = contents_.metadata;
    const bool whole = !metadata.timestamp.empty() && !metadata.snapshot.empty() && !metadata.targets.empty();
    if (whole) return {};
    return fail(ErrorKind::bad_image,
                "the bundle lacks metadata: make another one with `dunlin-seeder bundle`");
  }

  const ByteSource& source_;
  const BundleIndex& index_;
  BundleContents contents_;
  std::map<std::int64_t, std::string> roots_;
  std::uint64_t left_ = contents_size_max;
};

}  // namespace

std::string to_json(const BundleLabel& label) {
  Result<std::string> text = to_canonical_json(
      nlohmann::json{{"format", label_format}, {"product", label.product}, {"version", label.version}});
  CHECK(text.has_value());  // names and a number
  return std::move(*text);
}

Result<BundleContents> read_contents(const ByteSource& source, const BundleIndex& index) {
  return ContentsReader(source, index).read();
}

}  // namespace dunlin
