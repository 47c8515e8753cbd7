#include "applier/boot/uboot_environment.h"
#include "tests/crash/mutations.h"

namespace dunlin {

namespace {

// Where uboot_rauc_world() keeps its environment.
const std::vector<std::string> copies{"/boot/one", "/boot/two"};

struct Environment {
  BootVariables variables;
  std::uint8_t flags = 0;
  std::string other;  // the copy that the next save goes to
  std::size_t size = 0;
};

Result<Environment> load(Disk& disk) {
  std::vector<Result<UbootCopy>> parsed;
  std::size_t size = 0;
  for (const std::string& path : copies) {
    Result<Bytes> bytes = read_file(disk, path, uboot_environment_size_max);
    if (!bytes) return fail(std::move(bytes.error()));
    size = bytes->size();
    parsed.push_back(parse_uboot_copy(*bytes));
  }
  if (!parsed[0] && !parsed[1]) return fail(ErrorKind::device, "no good copy");
  const bool both = parsed[0] && parsed[1];
  const bool second = both ? newer_uboot_copy(parsed[0]->flags, parsed[1]->flags) == 1 : !parsed[0];
  const UbootCopy& current = *parsed[second ? 1 : 0];
  return Environment{current.variables, current.flags, copies[second ? 0 : 1], size};
}

// One run of fw_setenv NAME VALUE.
Result<void> set_variable(Disk& disk, const std::string& name, const std::string& value) {
  Result<Environment> now = load(disk);
  if (!now) return fail(std::move(now.error()));
  now->variables[name] = value;
  const UbootCopy next{static_cast<std::uint8_t>(now->flags + 1), now->variables};
  Result<Bytes> bytes = serialise_uboot_copy(next, static_cast<std::uint32_t>(now->size));
  if (!bytes) return fail(std::move(bytes.error()));
  Result<std::unique_ptr<File>> file = disk.open(now->other, OpenMode::read_write);
  if (!file) return fail(std::move(file.error()));
  Result<void> written = (*file)->write_at(0, *bytes);
  return written ? (*file)->sync() : written;
}

// Lets the real backend make each change on a copy of the environment, and carries it over by fw_setenv.
class TwoSetenvRuns final : public BootControl {
 public:
  TwoSetenvRuns(Disk& disk, const BootWorld& world)
      : disk_(disk), world_(world), real_(world.control(disk)) {}

  std::string name() const override { return real_->name(); }
  int tries_max() const override { return real_->tries_max(); }
  Result<BootFlags> read() override { return real_->read(); }
  Result<void> mark_unbootable(const std::string& slot) override {
    return change([&](BootControl& control) { return control.mark_unbootable(slot); });
  }
  Result<void> arm(const std::string& slot, int tries) override {
    return change([&](BootControl& control) { return control.arm(slot, tries); });
  }
  Result<void> confirm(const std::string& slot) override {
    return change([&](BootControl& control) { return control.confirm(slot); });
  }
  Result<void> refill(const std::string& slot) override {
    return change([&](BootControl& control) { return control.refill(slot); });
  }

 private:
  template <class Change>
  Result<void> change(Change make) {
    FakeDisk copy;
    for (const std::string& path : copies) {
      Result<Bytes> bytes = read_file(disk_, path, uboot_environment_size_max);
      if (!bytes) return fail(std::move(bytes.error()));
      copy.put(path, *bytes);
    }
    Result<void> made = make(*world_.control(copy));
    if (!made) return made;
    Result<Environment> before = load(disk_);
    Result<Environment> after = load(copy);
    if (!before || !after) return fail(ErrorKind::device, "no good copy");
    return carry_over(before->variables, after->variables);
  }

  // Names are sorted; backwards BOOT_ORDER comes before BOOT_B_LEFT.
  Result<void> carry_over(const BootVariables& before, const BootVariables& after) {
    for (auto entry = after.rbegin(); entry != after.rend(); ++entry) {
      const auto old = before.find(entry->first);
      if (old != before.end() && old->second == entry->second) continue;
      Result<void> set = set_variable(disk_, entry->first, entry->second);
      if (!set) return set;
    }
    return {};
  }

  Disk& disk_;
  BootWorld world_;
  std::unique_ptr<BootControl> real_;
};

}  // namespace

BootWorld two_setenv_runs(BootWorld uboot) {
  BootWorld world = uboot;
  world.control = [uboot = std::move(uboot)](Disk& disk) -> std::unique_ptr<BootControl> {
    return std::make_unique<TwoSetenvRuns>(disk, uboot);
  };
  return world;
}

}  // namespace dunlin
