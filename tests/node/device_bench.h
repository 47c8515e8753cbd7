#pragma once
#include "core/base/random.h"
#include "node/update_driver.h"
#include "tests/fakes/fake_alarm.h"
#include "tests/fakes/fake_applier.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_repository.h"
#include "tests/fakes/fake_swarm.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/node/release_factory.h"

namespace dunlin {

// A disk that says it is nearly full when told so.
class SmallDisk final : public Disk {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    return real_.open(path, mode);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return real_.rename(from, to);
  }
  Result<void> remove(const std::string& path) override { return real_.remove(path); }
  Result<void> create_directories(const std::string& path) override { return real_.create_directories(path); }
  Result<void> sync_directory(const std::string& path) override { return real_.sync_directory(path); }
  Result<std::vector<std::string>> list(const std::string& path) override { return real_.list(path); }
  Result<FileStatus> status(const std::string& path) override { return real_.status(path); }
  Result<DiskSpace> space(const std::string& path) override {
    if (!free_) return real_.space(path);
    return DiskSpace{*free_, *free_};
  }

  std::optional<std::uint64_t> free_;

 private:
  PosixDisk real_;
};

// One device with everything around it faked, and a real store, driver, pipeline and files. The worlds
// outlive the node; every run() starts a new node process on them.
class DeviceBench {
 public:
  // The booted slot holds `image` as `version`.
  DeviceBench(const std::string& version, const Bytes& image);

  void offer(const PublishedRelease& release);

  // Runs a node until `done` (asked at every step of a fake) or for at most `steps`; then kills it. When it
  // asked for a reboot, the machine boots. True when `done` was reached.
  bool run(std::function<bool()> done, int steps = 3'000);
  bool run_until(Phase phase, int steps = 3'000);
  // Starts again and again (after a kill or a reboot) until the phase is reached.
  bool live_until(Phase phase);

  Phase phase() const { return live.machine.phase; }
  Bytes slot(const std::string& name) const;
  void write_slot(const std::string& name, const Bytes& bytes);
  std::vector<NodeEvent> events();
  // The newest event of this kind; empty text when there is none.
  std::string event(const std::string& kind);
  NodeStore store();

  SmallDisk disk;
  FakeClock clock;
  NodeConfig config;
  RepositoryWorld repository;
  ApplierWorld applier;
  SwarmWorld swarm;
  CodecSupport codecs;
  LiveStatus live;                              // of the last run
  std::function<void(UpdateDriver&)> on_start;  // called before the loop runs
  int steps_taken = 0;                          // by the last run

 private:
  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path();
};

}  // namespace dunlin
