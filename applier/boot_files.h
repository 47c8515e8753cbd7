#pragma once
#include "applier/mounted_root.h"

namespace dunlin {

// A file of the image that the boot loader needs outside of it.
struct BootFile {
  std::string from;  // path inside the image, "/boot/vmlinuz"
  std::string to;    // name in the boot folder without the slot: "vmlinuz" becomes "b-vmlinuz"
};

struct BootFilesSettings {
  std::string directory;  // "/boot"
  std::vector<BootFile> files;
};

// Where a slot's copy lies: "<directory>/<slot>-<to>". The other slots' files have other names.
std::string boot_file_path(const BootFilesSettings& settings, const std::string& slot, const BootFile& file);

// Copies every file under its per-slot name: temporary, sync, rename, sync of the file and of the folder.
// After a power cut each name holds the old file or the new one, whole. bad_image: the image lacks a file,
// and its name is in the message; device: the folder is full or broken.
Result<void> copy_boot_files(Disk& disk, const BootFilesSettings& settings, const std::string& slot,
                             RootFiles& root);

}  // namespace dunlin
