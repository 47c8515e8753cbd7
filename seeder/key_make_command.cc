// make and seal: key files, without touching a repository.
#include <fmt/format.h>

#include "core/base/token_key.h"
#include "core/trust/key_ring.h"
#include "seeder/key_commands.h"
#include "seeder/key_folder.h"

namespace dunlin {

namespace {

Result<KeyFile> key_on_token(const KeyMakeOptions& options, SeederMachine machine) {
  Result<std::string> pin = machine.passphrases.passphrase_of(options.role, "on the token");
  if (!pin) return fail(std::move(pin.error()));
  Result<TokenKey> token = TokenKey::open(options.token_uri, *pin);
  wipe(*pin);
  if (!token) return fail(std::move(token.error()));
  const KeyFile key = make_token_key(options.role, token->scheme(), token->public_pem(), options.token_uri);
  // A key that cannot sign here must not reach a root.
  Result<Bytes> signature = token->sign(as_bytes(key.id));
  if (!signature) return fail(std::move(signature.error()));
  Result<void> kept = keep_key_in(options.folder, key, machine.disk);
  if (!kept) return fail(std::move(kept.error()));
  return key;
}

Result<KeyFile> make(const KeyMakeOptions& options, SeederMachine machine) {
  if (!is_top_level_role(options.role))
    return fail(ErrorKind::usage, "--role must be root, targets, snapshot or timestamp");
  if (!options.token_uri.empty()) return key_on_token(options, machine);
  return make_key_in(options.folder, options.role, options.plain, machine);
}

Result<int> seal(const std::string& folder, SeederMachine machine) {
  NoPassphrases nobody;
  Result<KeyRing> ring = KeyRing::load(machine.disk, folder, nobody);
  if (!ring) return fail(std::move(ring.error()));
  int count = 0;
  for (const KeyFile& key : ring->keys())
    count += std::holds_alternative<Ed25519SecretKey>(key.secret) ? 1 : 0;
  Result<void> sealed = ring->seal(machine.passphrases);
  if (!sealed) return fail(std::move(sealed.error()));
  Result<void> saved = ring->save(machine.disk, folder);
  if (!saved) return fail(std::move(saved.error()));
  return count;
}

}  // namespace

int run_key_make(const KeyMakeOptions& options, SeederMachine machine) {
  Result<KeyFile> key = make(options, machine);
  if (!key) return report_failure(key.error());
  fmt::print("{} ({}, {})\n  {}/{}\n  {}/{}   its public half, for `key add` and `key rotate`\n", key->name(),
             key->id, key->scheme, options.folder, key->file_name(), options.folder,
             public_half(*key).file_name());
  return 0;
}

int run_key_seal(const std::string& folder, SeederMachine machine) {
  Result<int> count = seal(folder, machine);
  if (!count) return report_failure(count.error());
  fmt::print("{} key(s) sealed in {}\n", *count, folder);
  return 0;
}

}  // namespace dunlin
