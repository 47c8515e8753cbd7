#pragma once
#include "core/trust/metadata.h"
#include "core/trust/release_policy.h"
#include "node/journal.h"
#include "node/metadata_chain.h"
#include "node/mirror_choice.h"
#include "node/passed_over.h"
#include "node/wan_looks.h"
#include "swarm/swarm.h"

namespace dunlin {

// How a device takes part in its site.
struct RepositoryClientOptions {
  std::string root_metadata;  // file that came with the device
  std::string device_id;
  bool may_use_wan = true;
  std::chrono::seconds check_interval{300};
  std::chrono::hours max_staleness{0};  // timestamp and snapshot count so long after they expired
};

// What the client is built on; all of it outlives the run of the loop.
struct RepositoryClientMachine {
  NodeStore& store;
  Journal& journal;
  Swarm& swarm;
  const Clock& clock;
};

// A static TUF repository behind a URL and in the mirrors of neighbours. Whoever says that it knows newer
// metadata is asked first, the repository itself when it is this device's turn (docs/mirror.md). What is
// trusted is kept in the metadata store and survives restarts; sizes of all answers are bounded. One call of
// newest() or fetch() at a time.
class RepositoryClient final : public Repository {
 public:
  RepositoryClient(RepositoryPlaces places, MetadataStore metadata, RepositoryClientOptions options,
                   RepositoryClientMachine machine);

  // Loads what is trusted; called by the others when needed. usage: the device has no usable root file.
  Result<void> load();
  // The mirror of this device listens there; neighbours are told.
  void serve_at(std::uint16_t port);
  // What beacons say now.
  void hear(std::vector<MirrorOffer> neighbours) { heard_ = std::move(neighbours); }

  Task<Result<std::optional<ReleaseOffer>>> newest(std::string product, std::string hardware) override;
  std::string passed_over() const override { return passed_over_; }
  Task<Result<Bytes>> fetch(RepositoryFile file, Digest content) override;
  Result<MetadataBundle> trusted_files() override;
  Result<ReleaseOffer> import(const BundleContents& contents, const std::string& product,
                              const std::string& hardware) override;
  bool has_news() override;
  void want_fresh() override { fresh_wanted_ = machine_.clock.steady(); }
  MetadataBytes moved() const override { return places_.moved(); }
  std::optional<Bytes> kept_file(std::string_view path) const override;

 private:
  Task<Result<std::optional<ReleaseOffer>>> find_newest(std::string product, std::string hardware);
  Task<Result<void>> refresh();
  // True when it brought the news that it spoke of; a failure is this device's own.
  Task<Result<bool>> learn_from(MirrorOffer neighbour);
  Task<Result<void>> look_at_repository();
  Result<void> go_on_without_wan(const Error& error);
  // Follows the metadata at this place and keeps what was verified, also after a failure: it protects against
  // rollback from now on. `kept` is a failure of this device's disk.
  Task<Result<void>> follow(RepositoryPlace place, Result<void>& kept);
  Task<Result<std::optional<ReleaseOffer>>> open(ReleaseTarget target);
  Task<Result<Bytes>> fetch_anywhere(RepositoryFile file, FileNeed need);
  Task<Result<Bytes>> fetch_at(RepositoryPlace place, RepositoryFile file);
  Task<> listen();

  // What metadata is judged by now.
  TrustTime trust_time() const { return {machine_.clock.now(), options_.max_staleness}; }
  // Tells people when the clock is behind, or when the metadata counts only by the device's policy.
  void tell_of_time();
  MirrorFacts facts(SteadyTime began, int asked) const;
  void pass_over(const MirrorOffer& neighbour, const Error& error);
  // Beacons say what is known here from now on.
  void tell();
  void tell_asking();

  RepositoryPlaces places_;
  MetadataStore store_;
  RepositoryClientOptions options_;
  RepositoryClientMachine machine_;
  WanLooks looks_;
  PassedOver bad_mirrors_;
  OwnMirror own_;
  std::vector<MirrorOffer> heard_;
  SteadyTime fresh_wanted_{};
  std::optional<std::uint64_t> teller_;  // the neighbour that brought the newest metadata
  std::optional<TrustedMetadata> metadata_;
  std::string passed_over_;
  std::optional<ReleaseOffer> latest_;  // saves fetching an unchanged manifest at every check
  std::string latest_path_;
};

}  // namespace dunlin
