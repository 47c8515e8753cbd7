// A real block device: the seal must hold against those who opened it before.
#include <filesystem>

#include <gtest/gtest.h>

#include "applier/slot.h"
#include "core/base/process.h"

namespace dunlin {

namespace {

class LoopDevice {
 public:
  LoopDevice() {
    char name[] = "/tmp/dunlin-seal-XXXXXX";
    auto file = adopt_descriptor(::mkstemp(name), name);
    path_ = name;
    EXPECT_TRUE(file->resize(1 << 20));
    Result<std::string> device = run_or_fail(runner_, {"losetup", "--find", "--show", path_});
    EXPECT_TRUE(device) << device.error().message;
    if (device) device_ = device->substr(0, device->find('\n'));
  }
  ~LoopDevice() {
    EXPECT_TRUE(run_or_fail(runner_, {"losetup", "--detach", device_}));
    std::filesystem::remove(path_);
  }
  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;

  const std::string& device() const { return device_; }

 private:
  PosixProcessRunner runner_;
  std::string path_;
  std::string device_;
};

}  // namespace

TEST(Seal, KeepsOutWritersThatHoldTheDeviceOpen) {
  LoopDevice loop;
  PosixDisk disk;
  Slots slots(disk, {{"a", "/dev/null"}, {"b", loop.device()}}, "a");
  Result<std::unique_ptr<File>> writer = slots.open_spare_for_writing();
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE((*writer)->write_at(0, as_bytes("before")));
  Result<std::unique_ptr<File>> reader = slots.open_spare_for_reading();
  ASSERT_TRUE(reader);

  ASSERT_TRUE(seal(**reader));

  EXPECT_FALSE((*writer)->write_at(0, as_bytes("after!")));
  Bytes bytes(6);
  ASSERT_TRUE(read_exactly(**reader, 0, bytes));
  EXPECT_EQ(as_text(bytes), "before");
}

TEST(Seal, IsLiftedForTheNextInstall) {
  LoopDevice loop;
  PosixDisk disk;
  Slots slots(disk, {{"a", "/dev/null"}, {"b", loop.device()}}, "a");
  ASSERT_TRUE(seal(**slots.open_spare_for_reading()));

  Result<std::unique_ptr<File>> writer = slots.open_spare_for_writing();

  ASSERT_TRUE(writer) << writer.error().message;
  EXPECT_TRUE((*writer)->write_at(0, as_bytes("again")));
}

}  // namespace dunlin
