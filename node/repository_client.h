#pragma once
#include "core/base/clock.h"
#include "core/trust/metadata.h"
#include "core/trust/release_policy.h"
#include "node/repository.h"
#include "swarm/http_client.h"
#include "swarm/wan_gate.h"

namespace dunlin {

// A static TUF repository behind a URL (TUF 1.0 section 5, consistent snapshots). What is trusted is kept in
// the metadata store and survives restarts; sizes of all answers are bounded.
class RepositoryClient final : public Repository {
 public:
  struct Places {
    std::string url;            // without a slash at its end
    std::string root_metadata;  // file that came with the device
  };
  // `gate` is asked before anything is fetched over the WAN.
  RepositoryClient(HttpClient& http, MetadataStore store, const Clock& clock, Places places, WanGate& gate)
      : http_(http), store_(std::move(store)), clock_(clock), places_(std::move(places)), gate_(gate) {}

  // Loads what is trusted; called by the others when needed. usage: the device has no usable root file.
  Result<void> load();

  Task<Result<std::optional<ReleaseOffer>>> newest(std::string product, std::string hardware) override;
  std::string passed_over() const override { return passed_over_; }
  Task<Result<Bytes>> fetch(RepositoryFile file) override;
  Result<MetadataBundle> trusted_files() override;
  Result<ReleaseOffer> import(const BundleContents& contents, const std::string& product,
                              const std::string& hardware) override;

 private:
  Task<Result<void>> refresh();
  Task<Result<void>> follow_chain();
  Task<Result<void>> follow_roots();
  Task<Result<void>> refresh_timestamp();
  Task<Result<void>> refresh_snapshot();
  Task<Result<void>> refresh_targets();
  Task<Result<std::optional<ReleaseOffer>>> open(ReleaseTarget target);
  // The body of a 200 answer; *missing turns true for 404 and 403 (object stores answer so).
  Task<Result<Bytes>> get(std::string path, std::uint64_t size_max, bool& missing);

  HttpClient& http_;
  MetadataStore store_;
  const Clock& clock_;
  Places places_;
  WanGate& gate_;
  std::optional<TrustedMetadata> metadata_;
  std::string passed_over_;
  std::optional<ReleaseOffer> latest_;  // saves fetching an unchanged manifest at every check
};

}  // namespace dunlin
