#include "swarm/cheaper_wait.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::uint64_t steps_max = 64;

std::uint64_t steps_of(std::uint64_t progress, std::uint64_t size) {
  return std::min(progress, size) / std::max<std::uint64_t>(size / steps_max, 1);
}

}  // namespace

CheaperWait::CheaperWait(const std::vector<CheaperContent>& contents) {
  for (const CheaperContent& each : contents) contents_[content_key(each.content)].size = each.size;
}

void CheaperWait::look(const std::vector<CheaperSighting>& seen, SteadyTime now) {
  waits_ = false;
  for (const CheaperSighting& each : seen) {
    const auto known = contents_.find(each.content);
    if (known == contents_.end()) continue;
    Progress& progress = known->second;
    if (!each.fetches && each.progress < progress.size) continue;
    const std::uint64_t steps = steps_of(each.progress, progress.size);
    if (!progress.moved || steps > progress.steps) {
      progress.steps = steps;
      progress.moved = now;
    }
    waits_ = waits_ || now - *progress.moved < patience;
  }
}

}  // namespace dunlin
