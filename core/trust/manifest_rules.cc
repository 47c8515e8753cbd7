#include <map>
#include <set>

#include "core/trust/manifest.h"
#include "core/trust/repository_path.h"
#include "core/trust/version.h"

namespace dunlin {

namespace {

constexpr std::uint64_t json_integer_max = (std::uint64_t{1} << 63) - 1;

// Collects the first broken rule, so that the rules read as a list.
class RuleBook {
 public:
  void require(bool holds, const std::string& field, const std::string& why) {
    if (!holds && !broken_) broken_ = field + " " + why;
  }
  void require(const Result<void>& checked, const std::string& field) {
    if (!checked) require(false, field, checked.error().message);
  }
  // A path stands for one content.
  void add_file(const RepositoryFile& file, const std::string& field) {
    require(check_repository_path(file.path), field + ".path");
    require(file.size >= 1 && file.size <= json_integer_max, field + ".size",
            "must be between 1 and 2^63 - 1");
    const auto [known, is_new] = files_.emplace(file.path, file);
    require(is_new || known->second == file, field + ".path",
            "names " + file.path + " a second time with another content");
  }
  Result<void> result() const {
    if (broken_) return fail(ErrorKind::bad_image, *broken_);
    return {};
  }

 private:
  std::optional<std::string> broken_;
  std::map<std::string, RepositoryFile> files_;
};

void check_floor(RuleBook& rules, const Manifest& manifest, const std::string& floor,
                 const std::string& field) {
  if (floor.empty()) return;
  rules.require(check_version(floor), field);
  rules.require(compare_versions(floor, manifest.version) <= 0, field, "is above the release's own version");
}

void check_hardware(RuleBook& rules, const std::vector<std::string>& hardware) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < hardware.size(); ++i) {
    const std::string field = "hardware[" + std::to_string(i) + "]";
    rules.require(check_name(hardware[i]), field);
    rules.require(seen.insert(hardware[i]).second, field, "names " + hardware[i] + " twice");
  }
}

void check_packs(RuleBook& rules, const ImageEntry& image, const std::string& field) {
  std::set<Digest> bases;
  int full_packs = 0;
  for (std::size_t i = 0; i < image.packs.size(); ++i) {
    const PackEntry& pack = image.packs[i];
    const std::string name = field + ".packs[" + std::to_string(i) + "]";
    rules.add_file(pack.file, name);
    rules.add_file(pack.torrent, name + ".torrent");
    if (!pack.base) {
      ++full_packs;
      continue;
    }
    rules.require(bases.insert(*pack.base).second, name + ".base", "is the base of another pack too");
    rules.require(*pack.base != image.id, name + ".base", "is the image itself");
  }
  rules.require(full_packs == 1, field + ".packs",
                "needs exactly one full pack (without base), not " + std::to_string(full_packs));
}

void check_images(RuleBook& rules, const std::vector<ImageEntry>& images) {
  rules.require(!images.empty(), "images", "is empty");
  std::set<std::string> names;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const ImageEntry& image = images[i];
    const std::string field = "images[" + std::to_string(i) + "]";
    rules.require(check_name(image.name), field + ".name");
    rules.require(names.insert(image.name).second, field + ".name", "is the name of another image too");
    rules.require(image.size >= 1 && image.size <= json_integer_max, field + ".size",
                  "must be between 1 and 2^63 - 1");
    if (image.torrent) rules.add_file(*image.torrent, field + ".torrent");
    check_packs(rules, image, field);
  }
}

}  // namespace

Result<void> check_manifest(const Manifest& manifest) {
  RuleBook rules;
  rules.require(check_name(manifest.product), "product");
  rules.require(check_version(manifest.version), "version");
  check_hardware(rules, manifest.hardware);
  check_floor(rules, manifest, manifest.version_floor, "version_floor");
  check_floor(rules, manifest, manifest.data_floor, "data_floor");
  check_images(rules, manifest.images);
  return rules.result();
}

}  // namespace dunlin
