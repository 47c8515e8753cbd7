#pragma once
// `dunlin-seeder key …`: the keys of the repository's roles. Each prints its result on stdout and returns the
// exit code, as seeder/commands.h has it; 3: the change waits for signatures of keys that are elsewhere.
#include "core/trust/root_edit.h"
#include "seeder/commands.h"

namespace dunlin {

struct KeyMakeOptions {
  std::string role;
  std::string folder;     // where the key file goes
  std::string token_uri;  // a key on a token; empty: a new Ed25519 key
  bool plain = false;     // not sealed
};
int run_key_make(const KeyMakeOptions& options, SeederMachine machine);

int run_key_list(const std::string& directory, StatusForm form, SeederMachine machine);

// What add, rotate, revoke, threshold and renew have in common.
enum class KeyChange { add, rotate, revoke, threshold, renew };
struct KeyChangeOptions {
  KeyChange change = KeyChange::renew;
  std::string directory;
  std::string role;
  std::vector<std::string> key_files;  // public halves of keys to add
  std::string revoked;                 // an id, or the beginning of one
  std::int64_t threshold = 0;
  bool plain = false;
};
int run_key_change(const KeyChangeOptions& options, SeederMachine machine);

struct KeyExchangeOptions {
  std::string directory;  // the seeder's folder
  std::string file;       // the signing request
  std::string keys;       // folder of the keys that sign
  std::string output;     // empty: `file`
};
int run_key_export(const KeyExchangeOptions& options, SeederMachine machine);
// On the machine with the keys; needs no seeder's folder.
int run_key_sign(const KeyExchangeOptions& options, SeederMachine machine);
int run_key_import(const KeyExchangeOptions& options, SeederMachine machine);
int run_key_discard(const std::string& directory, SeederMachine machine);
// Seals the plain keys of a folder.
int run_key_seal(const std::string& folder, SeederMachine machine);

inline constexpr int exit_code_waiting = 3;

}  // namespace dunlin
