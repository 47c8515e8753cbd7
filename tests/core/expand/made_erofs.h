#pragma once
// Small erofs images of made files, by mkfs.erofs itself.
#include <gtest/gtest.h>

#include "core/base/process.h"
#include "core/expand/erofs_packing.h"
#include "core/expand/expanded_source.h"
#include "core/expand/found_run.h"
#include "tests/fakes/made_bytes.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

using MadeFiles = std::map<std::string, Bytes>;

inline Bytes made_erofs(const MadeFiles& files, const std::vector<std::string>& options) {
  const TemporaryFolder folder;
  for (const auto& [name, bytes] : files) folder.write("tree/" + name, as_text(bytes));
  const std::string image = folder / "image";
  std::vector<std::string> argv{"mkfs.erofs", "--quiet", "-T1", "-U5f0e9d3a-7c11-4f6a-9a51-0d5c5a1d2b01"};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.insert(argv.end(), {image, folder / "tree"});
  PosixProcessRunner runner;
  const Result<std::string> made = run_or_fail(runner, argv);
  EXPECT_TRUE(made) << made.error().message;
  PosixDisk disk;
  Result<Bytes> bytes = read_file(disk, image, std::size_t{64} << 20);
  EXPECT_TRUE(bytes.has_value());
  return bytes ? *bytes : Bytes{};
}

// Files of every kind: packed well and hardly, with parts that cannot be packed, longer than the encoder
// looks ahead, nearly empty, and with holes that fit into few clusters.
inline MadeFiles files_of_all_kinds() {
  return {
      {"long", wordy_bytes(400'000, 1)},
      {"mixed", joined({wordy_bytes(50'000, 2), random_bytes(30'000, 3), wordy_bytes(50'001, 4)})},
      {"zeros", joined({wordy_bytes(9'000, 5), Bytes(1'200'000), wordy_bytes(9'000, 6)})},
      {"folder/one", wordy_bytes(100'000, 7)},
      {"folder/deeper/short", wordy_bytes(9'000, 8)},
      {"folder/deeper/tiny", wordy_bytes(100, 9)},
      {"folder/random", random_bytes(70'001, 10)},
      {"folder/blocks", random_bytes(8192, 11)},
      {"folder/nothing", {}},
  };
}

inline ExpandMap map_of(const std::vector<FoundRun>& found, std::uint64_t image_size) {
  ExpandMap map;
  if (!found.empty()) map.layers.push_back(layer_of(found, image_size));
  return map;
}

inline Bytes read_all(const ByteSource& source) {
  Bytes bytes(static_cast<std::size_t>(source.size()));
  const Result<void> read = source.read(0, bytes);
  EXPECT_TRUE(read) << read.error().message;
  return bytes;
}

inline bool holds(const Bytes& all, const Bytes& part) {
  return std::search(all.begin(), all.end(), std::boyer_moore_searcher(part.begin(), part.end())) !=
         all.end();
}

}  // namespace dunlin
