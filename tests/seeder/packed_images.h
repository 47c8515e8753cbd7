#pragma once
// Two images on a simulated disk and the pack that leads from one to the other, in several segments.
#include <gtest/gtest.h>

#include "core/encode/pack_encoder.h"
#include "seeder/pack_file.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {

struct PackedImages {
  PackedImages() {
    const Bytes same = random_bytes(300'000, 1);
    const Bytes last = wordy_bytes(280'000, 2);
    base = joined({same, random_bytes(10'000, 3), last});
    target = joined({same, random_bytes(20'000, 4), Bytes(400'000), last, random_bytes(5'000, 5)});
    disk.put("/base", base);
    disk.put("/target", target);
    EXPECT_TRUE(disk.create_directories("/out"));
    auto output = disk.open("/pack", OpenMode::replace).value();
    EncodeOptions options;
    options.level = 1;
    EXPECT_TRUE(encode_delta_pack(MemorySource(target), MemorySource(base), *output, options));
    disk.sync_all();
  }

  FakeDisk disk;
  Bytes base;
  Bytes target;
};

}  // namespace dunlin
