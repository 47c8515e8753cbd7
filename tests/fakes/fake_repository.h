#pragma once
#include <map>

#include "node/repository.h"
#include "tests/fakes/fuse.h"

namespace dunlin {

// What the seeder has published; outlives the repositories of several runs.
struct RepositoryWorld {
  std::optional<ReleaseOffer> offer;
  std::optional<Error> failure;  // metadata cannot be had
  std::map<std::string, Bytes> files;
  std::string passed_over;
  std::optional<ReleaseOffer> brought;  // what a bundle holds, when its metadata is good
  std::optional<Error> import_failure;
  int checks = 0;
  bool has_news = false;  // a neighbour knows newer metadata; until the next check
  int fresh_wanted = 0;
};

class FakeRepository final : public Repository {
 public:
  FakeRepository(RepositoryWorld& world, Fuse& fuse) : world_(world), fuse_(fuse) {}

  Task<Result<std::optional<ReleaseOffer>>> newest(std::string, std::string) override {
    co_await fuse_.step();
    ++world_.checks;
    world_.has_news = false;
    if (world_.failure) co_return fail(*world_.failure);
    co_return world_.offer;
  }
  Task<Result<Bytes>> fetch(RepositoryFile file, Digest) override {
    co_await fuse_.step();
    const auto found = world_.files.find(file.path);
    if (found == world_.files.end())
      co_return fail(ErrorKind::retry_later, "fetching " + file.path + ": answered 404");
    co_return found->second;
  }
  Result<ReleaseOffer> import(const BundleContents& contents, const std::string&,
                              const std::string&) override {
    if (world_.import_failure) return fail(*world_.import_failure);
    for (const auto& [path, bytes] : contents.files) world_.files[path] = bytes;
    return *world_.brought;
  }
  std::string passed_over() const override { return world_.passed_over; }
  Result<MetadataBundle> trusted_files() override { return MetadataBundle(); }
  bool has_news() override { return world_.has_news; }
  void want_fresh() override { ++world_.fresh_wanted; }
  std::optional<Bytes> kept_file(std::string_view path) const override {
    const auto found = world_.files.find(std::string(path));
    return found == world_.files.end() ? std::nullopt : std::optional<Bytes>(found->second);
  }
  MetadataBytes moved() const override { return {1'000, 2'000}; }

 private:
  RepositoryWorld& world_;
  Fuse& fuse_;
};

}  // namespace dunlin
