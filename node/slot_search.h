#pragma once
#include "node/install_session.h"
#include "node/node_context.h"

namespace dunlin {

// Before the first segment of a full pack: looks for its chunks in the slots of this device, so that only the
// rest is fetched. Repeatable at any moment; what a slot cannot give is fetched.
class SlotSearch {
 public:
  SlotSearch(NodeContext& context, InstallSession& session, const UpdatePlan& plan)
      : context_(context), session_(session), plan_(plan) {}

  // Takes as long as reading and hashing both slots takes; the live status shows how far it is. Then
  // session.reuse() has a plan for the segments from `first_segment` on. bad_image: the pack's index is
  // wrong.
  Task<Result<void>> run(std::uint64_t first_segment);

 private:
  // Null when the applier does not give it.
  Task<std::unique_ptr<File>> open_booted();
  std::uint64_t size_to_search() const;
  void show();

  NodeContext& context_;
  InstallSession& session_;
  const UpdatePlan& plan_;
};

}  // namespace dunlin
