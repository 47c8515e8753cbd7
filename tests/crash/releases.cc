#include "tests/crash/releases.h"

#include <array>

#include "core/base/check.h"
#include "core/trust/repository_signer.h"

namespace dunlin {

namespace {

constexpr std::size_t image_size = 20'001;
constexpr std::size_t block_size = 4096;
constexpr std::array versions{"1", "2", "3"};

// Every second block of version 1 is in its successors too.
std::map<std::string, Bytes> make_images() {
  std::map<std::string, Bytes> images;
  for (const char* version : versions) {
    Bytes image(image_size);
    SeededRandom(static_cast<std::uint64_t>(*version)).fill(image);
    if (!images.empty())
      for (std::size_t at = block_size; at + block_size <= image_size; at += 2 * block_size)
        std::copy_n(images["1"].begin() + static_cast<std::ptrdiff_t>(at), block_size,
                    image.begin() + static_cast<std::ptrdiff_t>(at));
    images[version] = std::move(image);
  }
  return images;
}

Manifest manifest_for(const std::string& version) {
  Manifest manifest;
  manifest.product = "edge";
  manifest.version = version;
  manifest.version_floor = version == "3" ? "2" : "";
  ImageEntry image;
  image.name = "rootfs";
  image.size = image_size;
  image.id = sha256(image_of(version));
  const std::string pack(64, '1');
  const std::string torrent(64, '2');
  image.packs.push_back({{"packs/" + pack + ".pack", 10, *Digest::from_hex(pack)},
                         {"torrents/" + torrent + ".torrent", 10, *Digest::from_hex(torrent)},
                         std::nullopt});
  manifest.images.push_back(image);
  return manifest;
}

struct SignedReleases {
  std::string root;
  std::map<std::string, InstallRequest> requests;
};

void sort_in(const RepositoryOutput& output, SignedReleases& releases) {
  if (output.path.ends_with("1.root.json")) releases.root = output.bytes;
  for (auto& [version, request] : releases.requests) {
    if (output.path.ends_with("timestamp.json")) request.timestamp = output.bytes;
    if (output.path.ends_with(".snapshot.json")) request.snapshot = output.bytes;
    if (output.path.ends_with(".targets.json")) request.targets = output.bytes;
    if (output.path.starts_with("targets/") && output.path.ends_with("." + version + ".json"))
      request.manifest = output.bytes;
    request.image = "rootfs";
  }
}

SignedReleases sign_releases() {
  Result<RepositorySigner> signer = RepositorySigner::create({}, signing_time());
  CHECK(signer.has_value());
  SignedReleases releases;
  for (const char* version : versions) {
    CHECK(signer->add_release(manifest_for(version)).has_value());
    releases.requests[version];
  }
  Result<std::vector<RepositoryOutput>> outputs = signer->sign_all(signing_time());
  CHECK(outputs.has_value());
  for (const RepositoryOutput& output : *outputs) sort_in(output, releases);
  return releases;
}

const SignedReleases& signed_releases() {
  static const SignedReleases releases = sign_releases();
  return releases;
}

class ReleaseFiles final : public RootFiles {
 public:
  explicit ReleaseFiles(const std::string& version) { disk_.put("/boot/vmlinuz", kernel_of(version)); }
  Result<std::unique_ptr<File>> open(const std::string& path) override {
    return disk_.open(path, OpenMode::read);
  }

 private:
  FakeDisk disk_;  // another than the device's: what is read here is no change of it
};

}  // namespace

const Bytes& image_of(const std::string& version) {
  static const std::map<std::string, Bytes> images = make_images();
  return images.at(version);
}

std::string kernel_of(const std::string& version) {
  std::string text;
  while (text.size() < 1'300) text += "kernel of version " + version + "\n";
  return text;
}

std::string version_in(const FakeDisk& disk, const std::string& device) {
  const std::optional<Bytes> content = disk.get(device);
  if (!content || content->size() < image_size) return "";
  for (const char* version : versions)
    if (std::equal(image_of(version).begin(), image_of(version).end(), content->begin())) return version;
  return "";
}

const std::string& root_metadata() {
  return signed_releases().root;
}

const InstallRequest& install_request(const std::string& version) {
  return signed_releases().requests.at(version);
}

WallTime signing_time() {
  return WallTime(std::chrono::seconds(1'767'225'600));  // 2026-01-01
}

Result<std::unique_ptr<RootFiles>> ReleaseMounter::mount(const std::string& device) {
  const std::string version = version_in(disk_, device);
  if (version.empty()) return fail(ErrorKind::bad_image, "mounting the new image: bad superblock");
  return std::make_unique<ReleaseFiles>(version);
}

}  // namespace dunlin
