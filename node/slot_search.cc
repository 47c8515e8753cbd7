#include "node/slot_search.h"

#include "core/base/log.h"

namespace dunlin {

Task<Result<void>> SlotSearch::run(std::uint64_t first_segment) {
  auto booted = co_await open_booted();
  Result<void> prepared = session_.prepare_reuse(std::move(booted), size_to_search());
  if (!prepared || session_.reuse() == nullptr) co_return prepared;
  SlotReuse& reuse = *session_.reuse();
  while (!reuse.is_searched()) {
    show();
    auto step = [&reuse] {
      reuse.search_on();
      return true;
    };
    co_await offload(context_.io, context_.pool, std::move(step));
  }
  reuse.make_plan(first_segment);
  show();
  co_return Result<void>();
}

Task<std::unique_ptr<File>> SlotSearch::open_booted() {
  auto booted = co_await context_.applier.open_booted_slot();
  if (booted) co_return std::move(*booted);
  log_warning("the booted slot is not searched for known content", {{"error", booted.error()}});
  co_return nullptr;
}

// What lies behind the images is not worth reading; nobody knows what the spare slot held.
std::uint64_t SlotSearch::size_to_search() const {
  const SlotReport* booted = context_.live.applier ? booted_slot(*context_.live.applier) : nullptr;
  return std::max(plan_.image_size, booted == nullptr ? 0 : booted->image_size);
}

void SlotSearch::show() {
  const SlotReuse& reuse = *session_.reuse();
  const ReusePlan& plan = reuse.plan();
  ReuseStatus status{reuse.bytes_to_search(), reuse.searched_bytes(), reuse.is_searched()};
  if (status.planned) {
    status.content_size = plan.content_size();
    status.local_size = plan.local_size();
  }
  context_.live.reuse = status;
}

}  // namespace dunlin
