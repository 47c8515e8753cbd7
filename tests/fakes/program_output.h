#pragma once
// What a real program makes of bytes, for code that must agree with it.
#include <cstdlib>

#include "core/base/bytes.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

// Runs a shell command line in a folder of its own that holds `in`; the bytes of the file `out` it makes.
inline Bytes program_output(const std::string& command, const Bytes& in) {
  const TemporaryFolder folder;
  folder.write("in", as_text(in));
  CHECK(std::system(("cd '" + folder.path() + "' && " + command).c_str()) == 0);
  PosixDisk disk;
  const Result<Bytes> out = read_file(disk, folder / "out", std::size_t{1} << 31);
  CHECK(out.has_value());
  return *out;
}

}  // namespace dunlin
