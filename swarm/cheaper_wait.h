#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "swarm/lan_offer.h"

namespace dunlin {

// Another content that leads to the same end with fewer bytes over the WAN: a smaller pack of the same image.
struct CheaperContent {
  Digest content;
  std::uint64_t size = 0;
  bool operator==(const CheaperContent&) const = default;
};

// What one neighbour says of one content. It comes to the site when somebody fetches it, or has all of it.
struct CheaperSighting {
  std::uint64_t content = 0;  // content_key()
  std::uint64_t progress = 0;
  bool fetches = false;  // over the WAN, or could
};

// Whether a transfer leaves the WAN alone because a neighbour fetches less for the same image: once that one
// has installed it, its image is on the LAN. A neighbour is waited for while it takes the next 64th of its
// content within `patience`, and as long again for installing and rebooting; so lies delay nobody for more
// than 64 of them. Who falls silent is not waited for. Pure.
class CheaperWait {
 public:
  static constexpr std::chrono::minutes patience{5};

  explicit CheaperWait(const std::vector<CheaperContent>& contents);

  // What is heard now. Contents that are not among the cheaper ones do not matter.
  void look(const std::vector<CheaperSighting>& seen, SteadyTime now);
  bool waits() const { return waits_; }

 private:
  struct Progress {
    std::uint64_t size = 0;
    std::uint64_t steps = 0;  // 64ths, the most that anybody said
    std::optional<SteadyTime> moved{};
  };
  std::map<std::uint64_t, Progress> contents_;  // by content_key()
  bool waits_ = false;
};

}  // namespace dunlin
