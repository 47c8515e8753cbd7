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

struct MetadataBytes {
  std::uint64_t lan = 0;
  std::uint64_t wan = 0;
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
  // The bytes of a torrent, compared with its signed size and SHA-256; `content` is the SHA-256 of what it
  // describes. The caller keeps it where NodePaths says, before it waits for anything: from then on
  // neighbours may ask for it.
  virtual Task<Result<Bytes>> fetch(RepositoryFile file, Digest content) = 0;
  // Verifies what somebody brought by hand as if it had been fetched: its metadata is trusted from now on.
  // Returns the newest release in it that fits. Metadata that is refused (older than what is trusted,
  // expired) does no harm while what is trusted is valid and lists that release. retry_later: expired;
  // bad_image: everything else that is wrong.
  virtual Result<ReleaseOffer> import(const BundleContents& contents, const std::string& product,
                                      const std::string& hardware) = 0;
  // The signed files trusted now, for the applier.
  virtual Result<MetadataBundle> trusted_files() = 0;
  // Whether a neighbour says that it knows newer metadata; newest() would ask it.
  virtual bool has_news() = 0;
  // The next newest() is to know what the repository has at this moment or later.
  virtual void want_fresh() = 0;
  // The verified metadata file or manifest at this path of the repository, when it is in memory: what a
  // mirror serves.
  virtual std::optional<Bytes> kept_file(std::string_view path) const = 0;
  // Bytes of metadata, manifests and torrents that came in this run.
  virtual MetadataBytes moved() const = 0;
};

}  // namespace dunlin
