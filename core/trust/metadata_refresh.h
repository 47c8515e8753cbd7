#pragma once
#include "core/trust/metadata.h"
#include "core/trust/metadata_request.h"

namespace dunlin {

// One update cycle of the top-level roles (TUF specification 5.1 to 5.6.6) without I/O: asks for one file
// after the other and decides what each is worth. What was accepted before a failure stays trusted, so the
// driver persists `metadata` after every take() that succeeds, and after a failed one nothing has changed.
class MetadataRefresh {
 public:
  // `metadata` outlives this. `began` is the fixed update start time (5.1).
  MetadataRefresh(TrustedMetadata& metadata, TrustTime began) : metadata_(metadata), began_(began) {}

  // The file to fetch now; nothing when everything is here and valid. Passes over files that are trusted
  // already and still the ones named. After a failure the cycle is over.
  Result<std::optional<MetadataRequest>> next();
  // The bytes of the file that next() asked for.
  Result<void> take(std::string_view json);
  // There is no such file: the end of the root chain, for any other role a failure (retry_later).
  Result<void> take_missing();

 private:
  enum class Step { root, timestamp, snapshot, targets, done };

  MetadataRequest request(const std::string& role, const TrustedMetadata::Expected& expected,
                          std::size_t size_max) const;
  // Moves on over what is here already.
  Result<void> pass_over_known();

  TrustedMetadata& metadata_;
  TrustTime began_;
  Step step_ = Step::root;
  int roots_taken_ = 0;
};

}  // namespace dunlin
