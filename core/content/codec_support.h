#pragma once
#include <set>

#include "core/content/pack_table.h"

namespace dunlin {

// Which packs the codecs of this program can open and close. Full packs need none of this. Immutable; any
// thread may ask.
class CodecSupport {
 public:
  // Asks the canary of every packing (core/expand/canary.h), once: about 50 ms.
  static CodecSupport probe();

  CodecSupport() = default;
  // These close known bytes otherwise than they must.
  explicit CodecSupport(std::set<PackingKind> differing) : differing_(std::move(differing)) {}

  const std::set<PackingKind>& differing() const { return differing_; }
  // What a log says of them: "zstd 1.5.4, ...; all close as they must".
  std::string summary() const;

  // Why this program cannot use the pack, as one line for people; none when it can, as far as one can tell
  // before decoding.
  std::optional<std::string> obstacle(const PackTable& table) const;

 private:
  std::optional<std::string> obstacle_to_closing(const Packing& packing, const ExpandedRun& run) const;

  std::set<PackingKind> differing_;
};

}  // namespace dunlin
