#pragma once
#include "tests/fakes/fake_disk.h"

namespace dunlin {

// What became of FakeDisk::unsynced(): fate[i] says whether part i reached the medium.
using Fate = std::vector<bool>;

struct CutBounds {
  int all_subsets_of = 6;  // up to this many binary choices every combination of whole changes is tried
  int random = 16;         // further fates by chance, sector by sector
  int at_most = 1'000;     // fates of one cut; what is left out is left out by chance
};

// The fates of one power cut that are worth trying, none twice. Always: everything lost, everything kept.
// Whole changes: every subset up to the bound, beyond it each prefix in the order of the changes, each change
// alone and each left out. Torn: of each write of several sectors every prefix and suffix of them, the rest
// of the changes lost or kept. Then by chance. Names of one top folder (one file system) land in their order,
// because file systems keep that; nothing else is ordered.
std::vector<Fate> fates_of(const std::vector<UnsyncedPart>& parts, const CutBounds& bounds, Random& random);

}  // namespace dunlin
