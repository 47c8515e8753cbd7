#include "node/pack_wants.h"

#include <fmt/format.h>

namespace dunlin {

WantedRanges PackWants::first() {
  head_ = plan_.base ? plan_.pack.size : pack_header_size;
  if (plan_.base) return std::nullopt;
  return std::vector<ByteRange>{{0, head_}};
}

bool PackWants::extend_head(const InstallSession& session, TransferId transfer) {
  if (session.head_size() <= head_) return false;
  head_ = session.head_size();
  context_.swarm.set_wanted(transfer, std::vector<ByteRange>{{0, head_}});
  return true;
}

void PackWants::tell(InstallSession& session, TransferId transfer) {
  if (session.reuse() == nullptr) return context_.swarm.set_wanted(transfer, std::nullopt);
  const ReusePlan& plan = session.reuse()->plan();
  context_.swarm.set_wanted(transfer, plan.wanted());
  const double missing = static_cast<double>(context_.swarm.status(transfer).missing);
  const std::string text = fmt::format("{}; {:.1f} MB to fetch", plan.sentence(), missing / 1e6);
  context_.live.plan_reason = plan_.reason + "; " + text;
  context_.journal.add_once("reuse", plan_.version, text);
}

}  // namespace dunlin
