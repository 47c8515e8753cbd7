#pragma once
#include "applier/client/applier_client.h"
#include "applier/mounted_root.h"
#include "core/base/clock.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

// Versions "1" (from the factory), "2" and "3" of one image, signed once for the whole process. They share
// blocks, as releases do, and none ends at a block's end.
const Bytes& image_of(const std::string& version);
// The boot file that each of them brings.
std::string kernel_of(const std::string& version);
// Which of them begins a slot; empty when the slot holds none of them whole.
std::string version_in(const FakeDisk& disk, const std::string& device);

// The device's root of trust, and what a node sends to have a version installed.
const std::string& root_metadata();
const InstallRequest& install_request(const std::string& version);

// When all of this was signed; metadata are valid then.
WallTime signing_time();

// Opens the boot file of whatever image a slot holds; bad_image when it holds none.
class ReleaseMounter final : public RootMounter {
 public:
  explicit ReleaseMounter(const FakeDisk& disk) : disk_(disk) {}
  Result<std::unique_ptr<RootFiles>> mount(const std::string& device) override;

 private:
  const FakeDisk& disk_;
};

}  // namespace dunlin
