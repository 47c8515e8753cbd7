#pragma once
#include "node/install_session.h"
#include "node/node_context.h"

namespace dunlin {

// What of a plan's pack the swarm is asked for. A delta pack is wanted whole. Of a full pack first the header
// is wanted, then its table, then what the slots cannot lend.
class PackWants {
 public:
  PackWants(NodeContext& context, const UpdatePlan& plan) : context_(context), plan_(plan) {}

  // Before the pack is open.
  WantedRanges first();
  // How much of the pack can be read for its table, when the transfer reaches so far.
  std::uint64_t readable(std::uint64_t contiguous) const { return std::min(contiguous, head_); }
  // Wants the table as soon as the header has told its length; true when that is new.
  bool extend_head(const InstallSession& session, TransferId transfer);
  // With the table there: what the session's reuse plan leaves, or everything. Says so to people.
  void tell(InstallSession& session, TransferId transfer);

 private:
  NodeContext& context_;
  const UpdatePlan& plan_;
  std::uint64_t head_ = 0;  // bytes wanted while the table is missing
};

}  // namespace dunlin
