#pragma once
#include <map>
#include <string>

#include "core/base/clock.h"

namespace dunlin {

// Neighbours that did not give what their beacons promise, by address, and until when they are not asked. A
// pure value; remembers at most 256 addresses, the oldest ones go.
class PassedOver {
 public:
  static constexpr std::chrono::milliseconds longest{600'000};

  // It could not be reached, or broke off: not asked for 5 s, twice as long each time, ten minutes at most.
  void failed(const std::string& address, SteadyTime now);
  // What it served was wrong: not asked for ten minutes.
  void lied(const std::string& address, SteadyTime now);
  void served(const std::string& address) { entries_.erase(address); }
  bool contains(const std::string& address, SteadyTime now) const;

 private:
  struct Entry {
    int failures = 0;
    SteadyTime until{};
  };
  Entry& entry(const std::string& address);

  std::map<std::string, Entry> entries_;
};

}  // namespace dunlin
