#pragma once
#include <string>

#include "core/base/result.h"

namespace dunlin {

// Where the passphrases of sealed keys, and the PINs of tokens, come from.
class Passphrases {
 public:
  virtual ~Passphrases() = default;
  // The passphrase of a key of `role`; the caller wipes it. usage: nobody gave one. May ask a person.
  virtual Result<std::string> passphrase_of(const std::string& role, const std::string& key_id) = 0;
  // For a key that is to be sealed; a person is asked twice.
  virtual Result<std::string> new_passphrase_of(const std::string& role) { return passphrase_of(role, ""); }
};

// For whoever only reads, or has plain keys.
class NoPassphrases final : public Passphrases {
 public:
  Result<std::string> passphrase_of(const std::string& role, const std::string& /*key_id*/) override {
    return fail(ErrorKind::usage, "the passphrase of the " + role + " key was not given");
  }
};

}  // namespace dunlin
