#pragma once
#include "node/pack_copy.h"
#include "node/shelves.h"

namespace dunlin {

// Brings the pack of a plan out of the bundle that is held to the pack shelf, before its transfer starts; so
// neighbours get it from there, and the bundle may leave.
class BundleCopy {
 public:
  BundleCopy(NodeContext& context, Shelves shelves) : context_(context), shelves_(shelves) {}

  // Success also when there is nothing to copy. After a failure what was copied is kept, and a bundle that is
  // damaged or cannot be read is no longer held; the error says what to do.
  Task<Result<void>> run(UpdatePlan plan);

 private:
  Task<Result<void>> copy(UpdatePlan plan);
  Result<void> open(const UpdatePlan& plan, const BundleMember& member);
  void give_up_bundle(const Error& error, const std::string& version);
  Task<Result<void>> save(std::string version);
  void show() const;

  NodeContext& context_;
  Shelves shelves_;
  std::shared_ptr<const OpenBundle> bundle_;  // outlives copy_
  std::unique_ptr<PackCopy> copy_;
  std::uint64_t saved_ = 0;  // copied bytes that the ledger has
};

}  // namespace dunlin
