#include "swarm/idle_connections.h"

#include <algorithm>

namespace dunlin {

bool IdleConnections::look(bool needed, const std::multiset<asio::ip::address>& connected, SteadyTime now) {
  // Whoever called just now has not said yet what it wants.
  const bool somebody_new = !std::includes(known_.begin(), known_.end(), connected.begin(), connected.end());
  known_ = connected;
  if (needed || somebody_new || since_ == SteadyTime()) {
    since_ = now;
    hung_up_ = false;
  }
  if (hung_up_ || now - since_ < patience) return false;
  hung_up_ = true;
  return true;
}

}  // namespace dunlin
