#pragma once
#include <map>

#include "core/base/byte_source.h"
#include "core/trust/manifest.h"
#include "node/applier_port.h"
#include "tests/fakes/fuse.h"

namespace dunlin {

// A device's slots and boot flags, kept over every kill and reboot.
struct ApplierWorld {
  std::map<std::string, std::string> slot_files = {{"a", ""}, {"b", ""}};  // paths
  ApplierStatus status;
  std::map<std::string, ImageEntry> images;  // by slot, when complete
  std::string staged_version;
  std::optional<Manifest> installing;
  std::string failing_test;          // trials fail with this reason; empty: they pass
  std::optional<Error> unreachable;  // every call fails with this
  std::optional<Error> begin_failure;
  std::optional<Error> reboot_failure;
  int begins = 0;
  int commits = 0;
  bool rebooting = false;

  SlotReport& slot(const std::string& name) {
    for (SlotReport& report : status.slots) {
      if (report.name == name) return report;
    }
    return status.slots.emplace_back(SlotReport{name, false, "unbootable", "", std::nullopt, 0, 0});
  }
  SlotReport& booted() { return status.slots[0].booted ? status.slots[0] : status.slots[1]; }
  SlotReport& spare() { return status.slots[0].booted ? status.slots[1] : status.slots[0]; }

  // What firmware and applier do when the machine comes back: the armed slot runs on trial, and its self-test
  // decides.
  void boot() {
    rebooting = false;
    if (status.install != "staged") return;
    status.install = "none";
    if (failing_test.empty()) {
      SlotReport& next = spare();
      SlotReport& before = booted();
      before.booted = false;
      next.booted = true;
      next.state = "confirmed";
      status.trial = TrialReport{staged_version, "confirmed", ""};
    } else {
      spare().state = "unbootable";
      status.trial = TrialReport{staged_version, "failed", failing_test};
    }
  }
};

// The applier as the node sees it; writes go to real files, so that the node's own pool writes them.
class FakeApplier final : public ApplierPort {
 public:
  FakeApplier(ApplierWorld& world, Disk& disk, Fuse& fuse) : world_(world), disk_(disk), fuse_(fuse) {}

  Task<Result<ApplierStatus>> status() override {
    co_await fuse_.step();
    if (world_.unreachable) co_return fail(*world_.unreachable);
    co_return world_.status;
  }
  Task<Result<std::unique_ptr<File>>> open_booted_slot() override {
    co_await fuse_.step();
    co_return disk_.open(world_.slot_files[world_.booted().name], OpenMode::read);
  }
  Task<Result<std::unique_ptr<File>>> open_slot(std::string name) override {
    co_await fuse_.step();
    if (world_.slot(name).state != "confirmed") co_return fail(ErrorKind::usage, "slot is not confirmed");
    co_return disk_.open(world_.slot_files[name], OpenMode::read);
  }
  Task<Result<SpareSlot>> begin_install(InstallRequest request) override {
    co_await fuse_.step();
    ++world_.begins;
    if (world_.begin_failure) co_return fail(*world_.begin_failure);
    Result<Manifest> manifest = parse_manifest(as_bytes(request.manifest));
    if (!manifest) co_return fail(std::move(manifest.error()));
    world_.installing = std::move(*manifest);
    world_.status.install = "writing";
    SlotReport& spare = world_.spare();
    spare.state = "unbootable";
    spare.version.clear();
    Result<std::unique_ptr<File>> file = disk_.open(world_.slot_files[spare.name], OpenMode::create);
    if (!file) co_return fail(std::move(file.error()));
    co_return SpareSlot{spare.name, std::move(*file), world_.installing->images.front().size};
  }
  Task<Result<void>> commit_install(ReadBackProgress on_progress) override {
    co_await fuse_.step();
    ++world_.commits;
    if (!world_.installing) co_return fail(ErrorKind::usage, "no install is under way");
    const ImageEntry& image = world_.installing->images.front();
    Result<std::unique_ptr<File>> file = disk_.open(world_.slot_files[world_.spare().name], OpenMode::read);
    if (!file) co_return fail(std::move(file.error()));
    on_progress(image.size, image.size);
    Result<Digest> digest = digest_of(FileSource(**file, image.size));
    if (!digest || *digest != image.id)
      co_return fail(ErrorKind::device, "slot b holds other bytes than the signed image");
    SlotReport& spare = world_.spare();
    spare.version = world_.installing->version;
    spare.image_id = image.id;
    spare.state = "trial";
    world_.staged_version = spare.version;
    world_.status.install = "staged";
    world_.status.trial.reset();
    co_return Result<void>();
  }
  Task<Result<void>> reboot() override {
    co_await fuse_.step();
    if (world_.reboot_failure) co_return fail(*world_.reboot_failure);
    world_.rebooting = true;
    co_await fuse_.stop();
    co_return Result<void>();
  }
  Task<Result<void>> confirm() override {
    co_await fuse_.step();
    const bool running = world_.booted().state == "trial";
    if (!running) co_return fail(ErrorKind::usage, "no trial is running");
    world_.booted().state = "confirmed";
    co_return Result<void>();
  }
  Task<Result<void>> rollback() override {
    co_await fuse_.step();
    co_return Result<void>();
  }

 private:
  ApplierWorld& world_;
  Disk& disk_;
  Fuse& fuse_;
};

}  // namespace dunlin
