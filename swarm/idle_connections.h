#pragma once
#include <set>

#include "core/base/asio.h"
#include "core/base/clock.h"

namespace dunlin {

// Tells when a torrent's connections have served their purpose: kept ones cost two small packets each every
// ten seconds, in a site of 24 devices more than all else at rest. Pure.
class IdleConnections {
 public:
  static constexpr std::chrono::seconds patience{10};

  // About once a second. `needed`: a piece may still go over one of them. `connected`: one entry for each.
  // True: hang up. Once only, until they are needed or somebody calls anew.
  bool look(bool needed, const std::multiset<asio::ip::address>& connected, SteadyTime now);

 private:
  std::multiset<asio::ip::address> known_;
  SteadyTime since_{};
  bool hung_up_ = false;
};

}  // namespace dunlin
