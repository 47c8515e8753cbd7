#pragma once
#include "node/node_context.h"

namespace dunlin {

// The pack files of this device and their transfers: the one being fetched and those kept for neighbours.
class PackShelf {
 public:
  explicit PackShelf(NodeContext& context) : context_(context) {}

  // Starts the transfer of this plan's pack, or finds it running; from now on it fetches these ranges.
  Result<TransferId> open(const UpdatePlan& plan, WantedRanges wanted);
  // Fetches nothing more of this pack for now; what is there is kept and served.
  void rest(const Digest& pack);
  // Stops the transfer of this pack, if there is one, so that somebody else may write its file.
  void close(const Digest& pack);
  // Serves what is there of every kept pack; failures are logged and cost only the neighbours.
  void serve_kept();
  // Keeps the plan's pack for the neighbours until the next release is planned.
  Result<void> keep(const UpdatePlan& plan);
  // Frees the space of every other pack, also of those no record names.
  void drop_all_but(const Digest& pack);
  // Stops the transfer and removes the file: its bytes are not what was verified.
  void discard(const Digest& pack);
  // The part of a transfer's bytes that stored ledgers hold already.
  const ByteLedger& counted(TransferId id) { return counted_[id]; }
  void set_counted(TransferId id, const ByteLedger& bytes) { counted_[id] = bytes; }
  // Bytes the newest transfer gave to neighbours that no ledger holds yet; counts them.
  std::uint64_t take_uploaded();
  // Of the newest transfer; zeros when there is none.
  TransferStatus status() const;

 private:
  void drop(const Digest& pack);
  void stop(const Digest& pack, bool remove_files);

  NodeContext& context_;
  std::map<Digest, TransferId> transfers_;
  std::map<TransferId, ByteLedger> counted_;
  std::optional<TransferId> newest_;
};

}  // namespace dunlin
