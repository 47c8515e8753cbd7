#pragma once
#include <map>
#include <memory>
#include <vector>

#include "core/base/disk.h"
#include "core/trust/key_file.h"
#include "core/trust/passphrases.h"

namespace dunlin {

// The operator's keys of one folder, opened when they have to sign and not before: a seeder that renews its
// timestamp never asks for root's passphrase. Not for several threads at once.
class KeyRing {
 public:
  // Of no folder, with keys that are in memory.
  KeyRing();
  // Reads `directory`/*.json. A damaged file fails with its name; `passphrases` outlives this.
  static Result<KeyRing> load(Disk& disk, const std::string& directory, Passphrases& passphrases);
  KeyRing(KeyRing&&) noexcept;
  KeyRing& operator=(KeyRing&&) noexcept;
  ~KeyRing();

  void add(KeyFile key) { keys_.push_back(std::move(key)); }
  const std::vector<KeyFile>& keys() const { return keys_; }
  // None when this ring does not know it, or knows its public half only.
  const KeyFile* find(const std::string& id) const;

  // Opens the key now: a passphrase that is missing is missed before hours of work.
  Result<void> unlock(const KeyFile& key);
  // Opens the key (asking for its passphrase or PIN, once) and signs. Failures name the key.
  Result<Bytes> sign(const KeyFile& key, ByteView message);

  // Seals every key that is in memory, each under its role's passphrase.
  Result<void> seal(Passphrases& passphrases, SecretBoxCost cost = {});
  // Writes each key as `directory`/<its file name>, mode 0600.
  Result<void> save(Disk& disk, const std::string& directory) const;

 private:
  struct Opened;
  Result<Opened*> open(const KeyFile& key);

  std::vector<KeyFile> keys_;
  Passphrases* passphrases_ = nullptr;
  std::map<std::string, std::unique_ptr<Opened>> opened_;  // by id
};

// One key file, readable by its owner only.
Result<void> save_key(Disk& disk, const std::string& directory, const KeyFile& key);

}  // namespace dunlin
