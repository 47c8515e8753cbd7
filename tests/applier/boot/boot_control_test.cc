// Runs the boot control contract against every backend, played against its boot loader, and the fake.
#include "tests/contract/boot_control_contract.h"
#include "tests/fakes/fake_boot_control.h"
#include "tests/firmware/firmware_model.h"

namespace dunlin {

namespace {

BootControlUnderTest put_under_test(const BootWorld& world) {
  auto disk = std::make_shared<FakeDisk>();
  world.flash(*disk);
  std::shared_ptr<FirmwareModel> firmware = world.firmware();
  return {world.control(*disk), [disk, firmware] { return firmware->boot(*disk); }, disk};
}

std::vector<BootControlCase> cases() {
  std::vector<BootControlCase> list;
  for (const BootWorld& world : boot_worlds())
    list.push_back({test_name(world), [&world] { return put_under_test(world); }});
  list.push_back(
      {"fake", [] {
         auto fake = std::make_unique<FakeBootControl>(std::vector<std::string>{"a", "b"});
         FakeBootControl* firmware = fake.get();
         return BootControlUnderTest{std::move(fake), [firmware] { return firmware->boot(); }, nullptr};
       }});
  return list;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Backend, BootControlContract, testing::ValuesIn(cases()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace dunlin
