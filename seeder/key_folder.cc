#include "seeder/key_folder.h"

#include "core/trust/key_ring.h"

namespace dunlin {

Result<KeyFile> read_key_file(Disk& disk, const std::string& path) {
  Result<std::string> text = read_text(disk, path, 64 * 1024);
  if (!text) return fail(ErrorKind::usage, text.error().message);
  Result<KeyFile> key = parse_key_file(*text);
  if (!key) return fail(std::move(key.error()), path);
  return key;
}

Result<void> keep_key_in(const std::string& folder, const KeyFile& key, Disk& disk) {
  Result<void> saved = save_key(disk, folder, key);
  if (!saved) return saved;
  const KeyFile half = public_half(key);
  const std::string text = to_json(half);
  return write_file_atomically(disk, folder + "/" + half.file_name(), as_bytes(text));
}

Result<KeyFile> make_key_in(const std::string& folder, const std::string& role, bool plain,
                            SeederMachine machine) {
  KeyFile key = make_key(role);
  if (!plain) {
    Result<std::string> passphrase = machine.passphrases.new_passphrase_of(role);
    if (!passphrase)
      return fail(ErrorKind::usage, passphrase.error().message + "; or --plain, when the disk is safe");
    Result<KeyFile> sealed = seal_key(key, *passphrase);
    wipe(*passphrase);
    if (!sealed) return sealed;
    key = std::move(*sealed);
  }
  Result<void> kept = keep_key_in(folder, key, machine.disk);
  if (!kept) return fail(std::move(kept.error()));
  return key;
}

}  // namespace dunlin
