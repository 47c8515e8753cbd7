#pragma once
#include <optional>

#include "core/base/asio.h"
#include "core/trust/bundle_contents.h"
#include "core/trust/manifest.h"
#include "core/trust/metadata.h"

namespace dunlin {

// A signed release that this device may look at.
struct ReleaseOffer {
  Manifest manifest;
  Bytes manifest_bytes;  // as signed; what the applier verifies again
  Digest manifest_sha256;
};

// Where releases come from: signed metadata and the files it names. Nothing it returns is unverified.
class Repository {
 public:
  virtual ~Repository() = default;
  // Refreshes the metadata and returns the newest release of `product` that fits `hardware`; none when there
  // is none. retry_later: the repository cannot be reached; bad_image: what it serves is wrong or expired.
  virtual Task<Result<std::optional<ReleaseOffer>>> newest(std::string product, std::string hardware) = 0;
  // Why the newest release of the product is not for this device, as one sentence; empty when it is, or when
  // there is none. Known after newest().
  virtual std::string passed_over() const = 0;
  // The bytes of a small file (a torrent), compared with its signed size and SHA-256.
  virtual Task<Result<Bytes>> fetch(RepositoryFile file) = 0;
  // Verifies what somebody brought by hand as if it had been fetched: its metadata is trusted from now on.
  // Returns the newest release in it that fits. Metadata that is refused (older than what is trusted,
  // expired) does no harm while what is trusted is valid and lists that release. retry_later: expired;
  // bad_image: everything else that is wrong.
  virtual Result<ReleaseOffer> import(const BundleContents& contents, const std::string& product,
                                      const std::string& hardware) = 0;
  // The signed files trusted now, for the applier.
  virtual Result<MetadataBundle> trusted_files() = 0;
};

}  // namespace dunlin
