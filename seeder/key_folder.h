#pragma once
#include "core/trust/key_file.h"
#include "seeder/commands.h"

namespace dunlin {

// A key file, whole or its public half. usage with its name.
Result<KeyFile> read_key_file(Disk& disk, const std::string& path);

// Makes an Ed25519 key of `role` and keeps it in `folder`, sealed unless `plain`, with its public half beside
// it as .pub.
Result<KeyFile> make_key_in(const std::string& folder, const std::string& role, bool plain,
                            SeederMachine machine);
// Writes the key and its public half.
Result<void> keep_key_in(const std::string& folder, const KeyFile& key, Disk& disk);

}  // namespace dunlin
