#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "core/base/clock.h"
#include "swarm/fetch_run.h"

namespace dunlin {

// Which pieces of a content the other readers have asked the WAN for, as their beacons say. A hint: who names
// pieces and never brings them delays those, and is not waited for when there is nothing else to read. Pure;
// holds at most one entry for each piece.
class WanLeases {
 public:
  // A lease lives on for this long after it was last heard: the piece may be here before word of it is.
  static constexpr std::chrono::milliseconds lifetime{1'500};

  explicit WanLeases(std::uint32_t pieces) : pieces_(pieces) {}

  // The beacon of `reader` that was heard at `when` names these runs. The same beacon may be told again.
  void hear(std::uint64_t reader, const std::vector<FetchRun>& runs, SteadyTime when);
  // A piece that did not come for this long, although it was asked for, may be read by one more device.
  void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

  // Somebody else reads it.
  bool holds(std::uint32_t piece, SteadyTime now) const;
  // So does somebody else, for too long, and nobody joined in lately.
  bool is_overdue(std::uint32_t piece, SteadyTime now) const;
  // Two asked for the same piece at once, and this device is the one that leaves it to the other.
  bool is_lost_by(std::uint64_t self, std::uint32_t piece, SteadyTime now) const;

 private:
  struct Lease {
    std::vector<std::uint64_t> readers;  // the first few
    SteadyTime since{};                  // when the last of them joined in
    SteadyTime until{};
  };
  const Lease* find(std::uint32_t piece, SteadyTime now) const;
  void hear_piece(std::uint64_t reader, std::uint32_t piece, SteadyTime when);

  std::uint32_t pieces_;
  std::chrono::milliseconds patience_{10'000};
  std::map<std::uint32_t, Lease> leases_;
};

// How long to wait for a piece that somebody else reads: three times what it would take us at `rate` bytes a
// second, at least `least`, at most two minutes.
std::chrono::milliseconds lease_patience(std::uint64_t rate, std::uint32_t piece_size,
                                         std::chrono::milliseconds least);

// The first six runs of pieces that were asked for and are not here.
std::vector<FetchRun> open_leases(const PieceSet& taken, const PieceSet& have);

}  // namespace dunlin
