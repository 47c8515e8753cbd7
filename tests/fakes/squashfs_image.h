#pragma once
// A small real squashfs image, made by mksquashfs.
#include "tests/fakes/made_bytes.h"
#include "tests/fakes/program_output.h"

namespace dunlin {

// Files of several blocks, tails in fragments, and `frame` as a file of its own; options as mksquashfs takes
// them.
inline Bytes squashfs_image(const std::string& options, const Bytes& frame, std::uint64_t seed = 1) {
  const TemporaryFolder folder;
  folder.write("root/frame", as_text(frame));
  for (std::uint64_t i = 0; i < 8; ++i)
    folder.write("root/etc/file" + std::to_string(i),
                 as_text(wordy_bytes(1'000 + 30'000 * i, seed * 100 + i)));
  folder.write("root/noise", as_text(random_bytes(50'000, seed)));
  const std::string command =
      "cd '" + folder.path() +
      "' && mksquashfs root image -quiet -no-progress -all-root -all-time 0 -mkfs-time 0 "
      "-noappend -processors 1 -no-xattrs " +
      options + " > log 2>&1";
  CHECK(std::system(command.c_str()) == 0);
  PosixDisk disk;
  return read_file(disk, folder / "image", std::size_t{1} << 30).value();
}

}  // namespace dunlin
