#pragma once
#include "core/base/event_loop.h"
#include "node/wan_account.h"

namespace dunlin {

// Tells the account every 5 s what hints say; for ever.
Task<> watch_hints(EventLoop& loop, const Clock& clock, std::shared_ptr<HintReader> reader,
                   std::shared_ptr<WanAccount> account);

}  // namespace dunlin
