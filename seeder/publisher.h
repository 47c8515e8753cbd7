#pragma once
#include "core/base/clock.h"
#include "core/trust/passphrases.h"
#include "seeder/pack_maker.h"
#include "seeder/published_repository.h"
#include "seeder/seeder_config.h"

namespace dunlin {

struct PublishRequest {
  std::string version;
  std::map<std::string, std::string> images;  // name -> file or block device
  std::vector<std::string> hardware;
  std::string version_floor;
  std::string data_floor;
  int level = 19;  // zstd
  int threads = 1;
  int deltas = 3;  // delta packs from the images of this many releases before
  std::uint64_t search_memory_max = EncodeOptions().search_memory_max;  // of one delta pack
  bool allow_older = false;
  bool prepare = false;  // the targets key is elsewhere: make everything, and leave the signing to it
};

struct PublishOutcome {
  bool already_published = false;  // the same version with the same bytes: nothing was done
  Manifest manifest;
  std::vector<std::string> missing;  // signatures; not empty: nothing is visible yet (see pending_change.h)
};

// What a publish is told to use. `on_progress` is called from any thread, serialised.
struct PublishMachine {
  Disk& disk;
  Clock& clock;
  FleetStore& store;
  std::function<void(const std::string& step, std::uint64_t done, std::uint64_t total)> on_progress;
  const std::atomic<bool>* cancel = nullptr;
  Passphrases* passphrases = nullptr;  // none: keys are plain
};

// Makes a release out of images: kept copies, packs, torrents, manifest, signed metadata; the timestamp,
// which makes it visible, last. Whatever ends it before that leaves the repository as devices saw it, and the
// work folder empty (at the latest when the next publish starts); finished parts of packs are kept, so that
// the same publish, run again, goes on.
class Publisher {
 public:
  Publisher(SeederPaths paths, SeederConfig config, PublishMachine machine);

  // Of `request.prepare`, when the targets key is not here: what waits is told in `missing`.
  // usage: a key or its passphrase is missing, a change waits for signatures, the version exists with other
  // content, is not newer than the newest (unless allow_older), or the request makes no sense. retry_later:
  // another publish runs. device: the disk is full or broken. cancelled.
  Result<PublishOutcome> publish(const PublishRequest& request);

 private:
  struct Staging;

  Result<void> check(const PublishRequest& request, const RepositorySigner& signer);
  Result<void> check_space(const PublishRequest& request);
  Result<void> clear_work();
  Result<void> tidy_up();
  Result<PublishOutcome> publish_locked(const PublishRequest& request, RepositorySigner& signer);
  Result<std::map<std::string, ShelvedImage>> take_images(const PublishRequest& request);
  Result<PublishOutcome> compare_with_published(const Manifest& published, const PublishRequest& request,
                                                const std::map<std::string, ShelvedImage>& images);
  Result<std::vector<Digest>> bases_for(const std::string& name, const Digest& image, int count);
  Result<ImageEntry> make_image(const std::string& name, const ShelvedImage& image,
                                const PublishRequest& request, Staging& staging);
  Result<PackEntry> pack(const Digest& image, const std::optional<Digest>& base, const std::string& label,
                         const PublishRequest& request, Staging& staging);
  Result<RepositoryFile> image_torrent(const std::string& name, const Digest& image, Staging& staging);
  Result<std::vector<std::string>> make_visible(RepositorySigner& signer, const Manifest& manifest,
                                                const Staging& staging);
  Result<RepositorySigner> open_keys();
  Result<void> check_keys(const PublishRequest& request, RepositorySigner& signer);
  Result<void> forget_old_images();
  Result<void> forget_parts();
  Result<void> remove_all(const std::string& folder, const std::function<bool(const std::string&)>& unless);

  SeederPaths paths_;
  SeederConfig config_;
  PublishMachine machine_;
  ImageShelf shelf_;
  PackMaker packs_;
  NoPassphrases nobody_;
};

}  // namespace dunlin
