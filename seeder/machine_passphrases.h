#pragma once
#include <string>

#include "core/trust/passphrases.h"

namespace dunlin {

// Passphrases of this machine, asked in this order: the file given by --passphrase-file (its first line);
// $DUNLIN_PASSPHRASE_<ROLE>, $DUNLIN_PASSPHRASE; systemd's credentials dunlin-passphrase-<role>,
// dunlin-passphrase; a person at the terminal.
class MachinePassphrases final : public Passphrases {
 public:
  enum class Terminal { ask, never };
  // `file` may be empty.
  MachinePassphrases(std::string file, Terminal terminal) : file_(std::move(file)), terminal_(terminal) {}

  Result<std::string> passphrase_of(const std::string& role, const std::string& key_id) override;
  Result<std::string> new_passphrase_of(const std::string& role) override;
  // Something other than the terminal gives one for this role.
  bool is_given(const std::string& role) const;

 private:
  std::string file_;
  Terminal terminal_;
};

}  // namespace dunlin
