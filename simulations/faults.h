#pragma once
#include <chrono>

namespace dunlin {

// What a site must survive here. Out of scope in this simulation, by name: corrupt bytes, lying beacons, full
// disks, torn writes (tests/swarm has them against the real code).
struct Faults {
  double loss = 0;         // of beacons, 0..0.3
  int crashes = 0;         // a device dies and comes back after 5..40 s, keeping its verified pieces
  int leader_crashes = 0;  // the same, aimed at whoever leads
  int partitions = 0;      // the site falls into two halves for 10..60 s
  int wan_cuts = 0;        // one device's own way to the seeder is blocked for 10..60 s
  int outages = 0;         // nobody reaches the seeder for 5..30 s
  std::chrono::seconds during{180};  // faults happen in this time, then stop for good
};

}  // namespace dunlin
