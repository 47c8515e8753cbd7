#pragma once
#include <map>
#include <string>

#include "core/base/result.h"

namespace dunlin {

// Variables by name, as boot loaders keep them. An empty value and a missing variable are the same.
using BootVariables = std::map<std::string, std::string>;

// The value; empty when the variable is not set.
inline std::string value_of(const BootVariables& variables, const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? "" : found->second;
}

// Where a boot loader keeps its variables. One thread at a time.
class BootVariableStore {
 public:
  virtual ~BootVariableStore() = default;

  // What the boot loader would find now. Fails (device) when that cannot be said with certainty.
  virtual Result<BootVariables> load() = 0;

  // Which copy load() passes over because it is damaged, and why; empty when none is.
  virtual std::string damage() { return ""; }

  // Replaces all variables in one step, synced and read back; after a failure or a power cut the boot loader
  // finds the old ones or the new ones, whole. Writes nothing when nothing changes, except that a damaged
  // copy is mended from its good twin.
  virtual Result<void> store(const BootVariables& variables) = 0;
};

}  // namespace dunlin
