#pragma once
#include <functional>

#include "core/base/clock.h"
#include "node/node_store.h"

namespace dunlin {

// The device's story for people: every entry goes to the log and to the store, where `dunlin-node events`
// reads it.
class Journal {
 public:
  Journal(NodeStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  // `kind` is one lower-case word with underscores, `version` the release it is about or empty. A store that
  // cannot take it (disk full) costs the entry, not the update.
  void add(std::string kind, std::string version, std::string text);
  // As add, but not when the newest entry of this kind says the same: for failures that repeat.
  void add_once(std::string kind, std::string version, std::string text);

 private:
  NodeStore& store_;
  const Clock& clock_;
  std::map<std::string, std::string> latest_;  // kind -> text
};

}  // namespace dunlin
