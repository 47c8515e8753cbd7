#include "core/trust/key_ring.h"

#include <algorithm>
#include <optional>

#include "core/base/token_key.h"

namespace dunlin {

namespace {

constexpr std::size_t key_file_max = 64 * 1024;

bool has_secret(const KeyFile& key) {
  return !std::holds_alternative<KeptElsewhere>(key.secret);
}

}  // namespace

struct KeyRing::Opened {
  std::optional<Ed25519SecretKey> secret;
  std::optional<TokenKey> token;
};

KeyRing::KeyRing() = default;
KeyRing::KeyRing(KeyRing&&) noexcept = default;
KeyRing& KeyRing::operator=(KeyRing&&) noexcept = default;
KeyRing::~KeyRing() = default;

Result<KeyRing> KeyRing::load(Disk& disk, const std::string& directory, Passphrases& passphrases) {
  Result<std::vector<std::string>> names = disk.list(directory);
  if (!names) return fail(std::move(names.error()), "reading the key folder");
  KeyRing ring;
  ring.passphrases_ = &passphrases;
  for (const std::string& name : *names) {
    if (!name.ends_with(".json")) continue;
    const std::string path = directory + "/" + name;
    Result<std::string> text = read_text(disk, path, key_file_max);
    if (!text) return fail(std::move(text.error()));
    Result<KeyFile> key = parse_key_file(*text);
    if (!key) return fail(std::move(key.error()), path);
    ring.add(std::move(*key));
  }
  return ring;
}

const KeyFile* KeyRing::find(const std::string& id) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(),
                                  [&id](const KeyFile& key) { return key.id == id && has_secret(key); });
  return found == keys_.end() ? nullptr : &*found;
}

Result<KeyRing::Opened*> KeyRing::open(const KeyFile& key) {
  std::unique_ptr<Opened>& opened = opened_[key.id];
  if (opened) return opened.get();
  auto fresh = std::make_unique<Opened>();
  if (const auto* plain = std::get_if<Ed25519SecretKey>(&key.secret)) {
    fresh->secret = *plain;
    opened = std::move(fresh);
    return opened.get();
  }
  NoPassphrases nobody;
  Passphrases& source = passphrases_ == nullptr ? nobody : *passphrases_;
  Result<std::string> passphrase = source.passphrase_of(key.role, key.id);
  if (!passphrase) return fail(std::move(passphrase.error()), key.name());
  Result<void> done;
  if (const auto* token = std::get_if<KeptOnToken>(&key.secret)) {
    Result<TokenKey> found = TokenKey::open(token->uri, *passphrase);
    if (found && found->public_pem() != key.public_text)
      done = fail(ErrorKind::usage, "the token holds another key under " + token->uri);
    else if (found)
      fresh->token = std::move(*found);
    else
      done = fail(std::move(found.error()), key.name());
  } else {
    Result<Ed25519SecretKey> secret = open_key(key, *passphrase);
    if (secret)
      fresh->secret = *secret;
    else
      done = fail(std::move(secret.error()));
  }
  wipe(*passphrase);
  if (!done) return fail(std::move(done.error()));
  opened = std::move(fresh);
  return opened.get();
}

Result<void> KeyRing::unlock(const KeyFile& key) {
  Result<Opened*> opened = open(key);
  if (!opened) return fail(std::move(opened.error()));
  return {};
}

Result<Bytes> KeyRing::sign(const KeyFile& key, ByteView message) {
  Result<Opened*> opened = open(key);
  if (!opened) return fail(std::move(opened.error()));
  if ((*opened)->secret) {
    const Ed25519Signature signature = (*opened)->secret->sign(message);
    return Bytes(signature.begin(), signature.end());
  }
  Result<Bytes> signature = (*opened)->token->sign(message);
  if (!signature) return fail(std::move(signature.error()), key.name());
  return signature;
}

Result<void> KeyRing::seal(Passphrases& passphrases, SecretBoxCost cost) {
  for (KeyFile& key : keys_) {
    if (!std::holds_alternative<Ed25519SecretKey>(key.secret)) continue;
    Result<std::string> passphrase = passphrases.new_passphrase_of(key.role);
    if (!passphrase) return fail(std::move(passphrase.error()), key.name());
    const KeyFile plain = key;
    Result<KeyFile> sealed = seal_key(plain, *passphrase, cost);
    wipe(*passphrase);
    if (!sealed) return fail(std::move(sealed.error()));
    auto opened = std::make_unique<Opened>();
    opened->secret = std::get<Ed25519SecretKey>(plain.secret);
    opened_[key.id] = std::move(opened);
    key = std::move(*sealed);
  }
  return {};
}

Result<void> KeyRing::save(Disk& disk, const std::string& directory) const {
  for (const KeyFile& key : keys_) {
    Result<void> saved = save_key(disk, directory, key);
    if (!saved) return saved;
  }
  return {};
}

Result<void> save_key(Disk& disk, const std::string& directory, const KeyFile& key) {
  Result<void> made = create_durable_directories(disk, directory);
  if (!made) return made;
  const std::string text = to_json(key);
  Result<void> written =
      write_private_file_atomically(disk, directory + "/" + key.file_name(), as_bytes(text));
  if (!written) return fail(std::move(written.error()), "saving the " + key.name());
  return {};
}

}  // namespace dunlin
