// efivarfs as a folder of plain files: the layout, and the attribute that the kernel sets on them.
#include "applier/boot/efi_variables.h"

#include <linux/fs.h>
#include <sys/ioctl.h>

#include <gtest/gtest.h>

#include "tests/fakes/temporary_folder.h"

namespace dunlin {

namespace {

constexpr const char* order_file = "/BootOrder-8be4df61-93ca-11d2-aa0d-00e098032b8c";

class EfiVariablesTest : public testing::Test {
 protected:
  ~EfiVariablesTest() override { set_flags(0); }
  // False where the file system or the user cannot.
  bool set_flags(int flags) {
    auto file = disk_.open(temporary_.path() + order_file, OpenMode::read);
    return file && ::ioctl((*file)->descriptor(), FS_IOC_SETFLAGS, &flags) == 0;
  }
  bool is_immutable() {
    int flags = 0;
    auto file = disk_.open(temporary_.path() + order_file, OpenMode::read);
    return file && ::ioctl((*file)->descriptor(), FS_IOC_GETFLAGS, &flags) == 0 &&
           (flags & FS_IMMUTABLE_FL) != 0;
  }

  PosixDisk disk_;
  TemporaryFolder temporary_;
  EfivarfsVariables variables_{disk_, temporary_.path()};
};

}  // namespace

TEST_F(EfiVariablesTest, PutsTheAttributesInFrontOfTheData) {
  ASSERT_TRUE(variables_.write("BootOrder", Bytes{1, 0, 2, 0}));

  EXPECT_EQ(*read_file(disk_, temporary_.path() + order_file, 64), (Bytes{7, 0, 0, 0, 1, 0, 2, 0}));
  EXPECT_EQ(**variables_.read("BootOrder"), (Bytes{1, 0, 2, 0}));
  ASSERT_TRUE(variables_.write("BootOrder", Bytes{2, 0}));
  EXPECT_EQ(**variables_.read("BootOrder"), (Bytes{2, 0}));
}

TEST_F(EfiVariablesTest, KnowsAVariableThatIsNotThereFromADamagedOne) {
  EXPECT_EQ(*variables_.read("BootNext"), std::nullopt);
  ASSERT_TRUE(variables_.remove("BootNext"));
  ASSERT_TRUE(write_file_atomically(disk_, temporary_.path() + order_file, Bytes{7, 0}));

  EXPECT_FALSE(variables_.read("BootOrder"));
}

TEST_F(EfiVariablesTest, ChangesAndRemovesAnImmutableVariableAndLeavesAChangedOneImmutable) {
  ASSERT_TRUE(variables_.write("BootOrder", Bytes{1, 0}));
  const bool can = set_flags(FS_IMMUTABLE_FL);

  ASSERT_TRUE(variables_.write("BootOrder", Bytes{2, 0}));

  EXPECT_EQ(is_immutable(), can);
  ASSERT_TRUE(variables_.remove("BootOrder"));
  EXPECT_EQ(*variables_.read("BootOrder"), std::nullopt);
}

}  // namespace dunlin
