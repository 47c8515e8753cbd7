#pragma once
#include "core/base/disk.h"

namespace dunlin {

// Small files and areas that boot loaders read: from the medium itself, and in place on it.

// Opened for reading past the page cache: what is read then is what the boot loader would read.
Result<std::unique_ptr<File>> open_on_medium(Disk& disk, const std::string& path);

// The whole file, past the page cache; one byte more than `size_max` when it is longer.
Result<Bytes> read_from_medium(Disk& disk, const std::string& path, std::size_t size_max);

// Overwrites bytes of a file or device in place; synced when it returns.
Result<void> overwrite_in_place(Disk& disk, const std::string& path, std::uint64_t offset, ByteView bytes);

// Gives the file that holds `before` the text `after`: in place when it is as long, else by a new file under
// its name, for then the folder changes too. Synced when it returns.
Result<void> replace_text(Disk& disk, const std::string& path, std::string_view before,
                          std::string_view after);

}  // namespace dunlin
