#pragma once
#include <gtest/gtest.h>

#include "core/trust/repository_signer.h"
#include "tests/core/trust/sample_manifest.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

inline constexpr WallTime publish_time{std::chrono::seconds(1'780'000'000)};

// A repository folder on a fake disk and the signer that made it.
struct PublishedRepository {
  FakeDisk disk;
  RepositorySigner signer = *RepositorySigner::create({}, publish_time);

  void write(const std::vector<RepositoryOutput>& outputs) {
    ASSERT_TRUE(write_repository(disk, "/repository", outputs));
  }
  void publish(const std::string& version, WallTime when = publish_time) {
    auto file = signer.add_release(sample_manifest(version));
    ASSERT_TRUE(file) << file.error().message;
    auto outputs = signer.sign_all(when);
    ASSERT_TRUE(outputs) << outputs.error().message;
    write(*outputs);
    ASSERT_TRUE(signer.save_keys(disk, "/keys"));
  }
  std::string file(const std::string& path) const {
    return disk.get_text("/repository/" + path).value_or("");
  }
  MetadataBundle bundle() const {
    MetadataBundle bundle;
    for (std::int64_t n = 2; n <= signer.versions().root; ++n)
      bundle.roots.push_back(file("metadata/" + std::to_string(n) + ".root.json"));
    bundle.timestamp = file("metadata/timestamp.json");
    bundle.snapshot = file("metadata/" + std::to_string(signer.versions().snapshot) + ".snapshot.json");
    bundle.targets = file("metadata/" + std::to_string(signer.versions().targets) + ".targets.json");
    return bundle;
  }
  TrustedMetadata client() const { return *TrustedMetadata::from_root(file("metadata/1.root.json")); }
  RepositorySigner loaded() { return *RepositorySigner::load(disk, "/keys", "/repository", {}); }
};

inline std::vector<std::string> paths(const std::vector<RepositoryOutput>& outputs) {
  std::vector<std::string> list;
  for (const RepositoryOutput& output : outputs) list.push_back(output.path);
  return list;
}

}  // namespace dunlin
