// Runs `dunlin-seeder pack` as a person does, in a temporary folder.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/base/process.h"
#include "tests/fakes/made_bytes.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {
namespace {

class PackProgram : public testing::Test {
 protected:
  PackProgram() {
    folder.write("old", as_text(old_image));
    folder.write("new", as_text(new_image));
  }

  // Words that begin with '/' are names in the folder.
  ProcessOutcome run(std::vector<std::string> words) {
    words.insert(words.begin(), {std::string(DUNLIN_PROGRAMS) + "/dunlin-seeder", "pack"});
    for (std::size_t i = 2; i < words.size(); ++i)
      if (words[i].starts_with('/')) words[i] = folder.path() + words[i];
    ProcessSpec spec;
    spec.argv = std::move(words);
    PosixProcessRunner runner;
    return runner.run(spec).value();
  }
  void make_packs() {
    const ProcessOutcome delta = run({"diff", "/old", "/new", "-o", "/delta", "--level", "1"});
    ASSERT_EQ(delta.exit_code, 0) << delta.output;
    const ProcessOutcome full = run({"full", "/new", "-o", "/full", "--level", "1"});
    ASSERT_EQ(full.exit_code, 0) << full.output;
  }
  Bytes bytes_of(const std::string& name) {
    PosixDisk disk;
    return read_file(disk, folder / name, 1u << 24).value();
  }
  void expect_refusal(const std::vector<std::string>& words, const std::string& reason) {
    const ProcessOutcome outcome = run(words);
    EXPECT_GT(outcome.exit_code, 0);
    EXPECT_NE(outcome.output.find(reason), std::string::npos) << outcome.output;
    EXPECT_FALSE(std::filesystem::exists(folder / "out"));
  }

  TemporaryFolder folder;
  const Bytes old_image = joined({random_bytes(300'000, 1), Bytes(100'000), wordy_bytes(100'000, 2)});
  const Bytes new_image = joined({slice(old_image, 0, 480'000), random_bytes(1'000, 3)});
};

TEST_F(PackProgram, AppliesWhatItMade) {
  make_packs();

  const ProcessOutcome delta = run({"apply", "/old", "/delta", "-o", "/from-delta"});
  const ProcessOutcome full = run({"apply", "/full", "-o", "/from-full"});

  EXPECT_EQ(delta.exit_code, 0) << delta.output;
  EXPECT_EQ(full.exit_code, 0) << full.output;
  EXPECT_EQ(bytes_of("from-delta"), new_image);
  EXPECT_EQ(bytes_of("from-full"), new_image);
  EXPECT_LT(bytes_of("delta").size(), 10'000u);
}

TEST_F(PackProgram, InspectsForPeopleAndForPrograms) {
  make_packs();

  const ProcessOutcome text = run({"inspect", "/delta"});
  const ProcessOutcome json = run({"inspect", "/full", "--reuse", "/old", "--json"});
  const nlohmann::json parsed = nlohmann::json::parse(json.output, nullptr, false);

  EXPECT_NE(text.output.find("copy (same place)"), std::string::npos) << text.output;
  EXPECT_NE(text.output.find(sha256(new_image).hex()), std::string::npos);
  EXPECT_EQ(parsed["pack_size"], bytes_of("full").size());
  EXPECT_EQ(parsed["image"]["id"], sha256(new_image).hex());
  EXPECT_LE(parsed["reuse"]["fetch_bytes"], bytes_of("full").size());
}

TEST_F(PackProgram, SaysWhichImageADeltaPackNeeds) {
  make_packs();
  folder.write("other", as_text(random_bytes(old_image.size(), 9)));

  expect_refusal({"apply", "/delta", "-o", "/out"}, sha256(old_image).hex());
  expect_refusal({"apply", "/other", "/delta", "-o", "/out"}, sha256(old_image).hex());
  folder.write("short", "x");
  expect_refusal({"apply", "/short", "/delta", "-o", "/out"}, "is not the pack's base");
}

TEST_F(PackProgram, SaysWhatIsWrongWithItsFiles) {
  make_packs();
  const Bytes pack = bytes_of("delta");
  folder.write("cut", as_text(slice(pack, 0, pack.size() / 2)));
  Bytes damaged = pack;
  damaged[damaged.size() - 500] ^= 1;  // inside what is new in the image
  folder.write("damaged", as_text(damaged));

  expect_refusal({"apply", "/old", "/cut", "-o", "/out"}, "cut short");
  expect_refusal({"apply", "/old", "/damaged", "-o", "/out"}, "damaged");
  expect_refusal({"apply", "/old", "/new", "-o", "/out"}, "not a dunlin pack");
  expect_refusal({"apply", "/nowhere", "/delta", "-o", "/out"}, "does not exist");
  expect_refusal({"inspect", "/old"}, "not a dunlin pack");
}

TEST_F(PackProgram, NeverWritesOverAFile) {
  make_packs();

  const ProcessOutcome apply = run({"apply", "/old", "/delta", "-o", "/new"});
  const ProcessOutcome diff = run({"diff", "/old", "/new", "-o", "/delta"});

  EXPECT_EQ(apply.exit_code, 2);
  EXPECT_EQ(diff.exit_code, 2);
  EXPECT_NE(apply.output.find("exists already"), std::string::npos) << apply.output;
  EXPECT_EQ(bytes_of("new"), new_image);
}

}  // namespace
}  // namespace dunlin
