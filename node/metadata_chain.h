#pragma once
#include "core/trust/metadata.h"
#include "node/repository_places.h"

namespace dunlin {

// Follows a repository's metadata at one place, from what is trusted to what the place has now: fetches what
// MetadataRefresh asks for (TUF 1.0 section 5). Each file is verified before it counts; what was verified
// before a failure stays trusted.
class MetadataChain {
 public:
  // Metadata and places outlive the call of follow(). `began` is the fixed start time of TUF 5.1.
  MetadataChain(TrustedMetadata& metadata, RepositoryPlaces& places, RepositoryPlace place, TrustTime began)
      : metadata_(metadata), places_(places), place_(std::move(place)), began_(began) {}

  // retry_later: the place cannot be reached or lacks a file; anything else: what it serves is wrong or
  // expired.
  Task<Result<void>> follow();

 private:
  TrustedMetadata& metadata_;
  RepositoryPlaces& places_;
  RepositoryPlace place_;
  TrustTime began_;
};

// The version of the newest timestamp of which the snapshot and targets are here too; one less when they are
// not, so that whoever has them knows more.
std::uint64_t complete_version(const TrustedMetadata& metadata);

// The file of `files` that lives at this path of the repository; none when it is not among them.
std::optional<std::string> trusted_file(const TrustedMetadata& metadata, std::string_view path);

}  // namespace dunlin
