#include "tests/firmware/efi_boot_manager.h"

#include "applier/boot/efi_boot_control.h"

namespace dunlin {

namespace {

// The firmware's own store: SetVariable() is one step (UEFI 2.10, 8.2). Files of data without attributes.
class FirmwareVariables final : public EfiVariables {
 public:
  explicit FirmwareVariables(Disk& disk) : disk_(disk) {}

  Result<std::optional<Bytes>> read(const std::string& name) override {
    Result<FileStatus> status = disk_.status("/nvram/" + name);
    if (!status) return fail(std::move(status.error()));
    if (status->kind == FileKind::none) return std::optional<Bytes>();
    Result<Bytes> data = read_file(disk_, "/nvram/" + name, 4096);
    if (!data) return fail(std::move(data.error()));
    return std::optional<Bytes>(std::move(*data));
  }
  Result<void> write(const std::string& name, ByteView data) override {
    return write_file_atomically(disk_, "/nvram/" + name, data);
  }
  Result<void> remove(const std::string& name) override {
    Result<void> removed = disk_.remove("/nvram/" + name);
    return removed ? disk_.sync_directory("/nvram") : removed;
  }

 private:
  Disk& disk_;
};

class EfiBootManager final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    FirmwareVariables variables(disk);
    std::uint16_t number = 0;
    Result<std::optional<Bytes>> next = variables.read("BootNext");
    Result<std::optional<Bytes>> order = variables.read("BootOrder");
    if (!next || !order) return "";
    if (*next) {
      // Removed before it is started.
      if (!variables.remove("BootNext")) return "";
      number = ByteReader(**next).u16();
    } else if (*order) {
      number = ByteReader(**order).u16();
    }
    return number == 1 ? "a" : number == 2 ? "b" : "";
  }
};

}  // namespace

BootWorld efi_boot_manager_world() {
  return {"efi",
          [](FakeDisk& disk) {
            disk.put("/nvram/BootOrder", Bytes{1, 0, 2, 0, 7, 0});
            for (const char* entry : {"Boot0001", "Boot0002", "Boot0007"})
              disk.put(std::string("/nvram/") + entry, "device path");
          },
          [](Disk& disk) {
            return std::make_unique<EfiBootControl>(std::make_unique<FirmwareVariables>(disk),
                                                    std::vector<BootSlot>{{"a", "0001"}, {"b", "0002"}});
          },
          [] { return std::make_unique<EfiBootManager>(); }};
}

}  // namespace dunlin
