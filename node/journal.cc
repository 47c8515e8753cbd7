#include "node/journal.h"

#include "core/base/log.h"

namespace dunlin {

void Journal::add(std::string kind, std::string version, std::string text) {
  log_info(text, {{"event", kind}, {"version", version}});
  latest_[kind] = text;
  Result<std::int64_t> added =
      store_.add_event({0, clock_.now(), std::move(kind), std::move(version), std::move(text)});
  if (!added) log_warning("event not kept", {{"error", added.error()}});
}

void Journal::add_once(std::string kind, std::string version, std::string text) {
  const auto known = latest_.find(kind);
  if (known != latest_.end() && known->second == text) return;
  add(std::move(kind), std::move(version), std::move(text));
}

}  // namespace dunlin
