#include "tests/node/device_bench.h"

namespace dunlin {

DeviceBench::DeviceBench(const std::string& version, const Bytes& image) {
  config.device_id = "dev-1";
  config.seeder_url = "https://seeder:8443";
  config.data_dir = folder_ + "/data";
  applier.slot_files = {{"a", folder_ + "/slot-a"}, {"b", folder_ + "/slot-b"}};
  applier.status.product = "edge";
  applier.status.hardware = "pc";
  applier.status.install = "none";
  const std::uint64_t capacity = 64u << 20;
  applier.status.slots = {SlotReport{"a", true, "confirmed", version, sha256(image), image.size(), capacity},
                          SlotReport{"b", false, "unbootable", "", std::nullopt, 0, capacity}};
  write_slot("a", image);
  write_slot("b", {});
}

void DeviceBench::offer(const PublishedRelease& release) {
  repository.offer = release.offer;
  const ImageEntry& image = release.offer.manifest.images.front();
  repository.files[image.torrent->path] = release.image_torrent;
  swarm.contents[image.torrent->sha256] = release.image;
  for (std::size_t i = 0; i < image.packs.size(); ++i) {
    repository.files[image.packs[i].torrent.path] = release.torrents[i];
    swarm.contents[image.packs[i].torrent.sha256] = release.packs[i];
  }
}

bool DeviceBench::run(std::function<bool()> done, int steps) {
  if (applier.rebooting) applier.boot();
  const NodePaths paths(config.data_dir);
  std::filesystem::create_directories(config.data_dir);
  std::string damage;
  Result<NodeStore> opened = NodeStore::open(disk, paths.database(), &damage);
  EXPECT_TRUE(opened) << opened.error().message;
  asio::io_context io{1};
  asio::thread_pool pool{2};
  Fuse fuse(io);
  bool reached = false;
  fuse.set(steps, [&reached, &done] { return reached = done(); });
  SeededRandom random(7);
  FakeAlarm alarm(clock, fuse);
  Journal journal(*opened, clock);
  FakeApplier fake_applier(applier, disk, fuse);
  FakeRepository fake_repository(repository, fuse);
  FakeSwarm fake_swarm(swarm, disk, fuse);
  live = LiveStatus();
  WanAccount wan({config.wan_limits, config.wan_rules}, *opened, journal, clock, live);
  UpdateDriver driver({config, paths, io, pool, disk, clock, random, alarm, *opened, journal, fake_applier,
                       fake_repository, fake_swarm, live, codecs, wan});
  if (on_start) on_start(driver);
  spawn(io, driver.run());
  io.run();
  pool.join();
  steps_taken = fuse.taken();
  return reached;
}

bool DeviceBench::run_until(Phase phase, int steps) {
  return run([this, phase] { return live.machine.phase == phase; }, steps);
}

bool DeviceBench::live_until(Phase phase) {
  for (int boots = 0; boots < 10; ++boots) {
    if (run_until(phase)) return true;
  }
  return false;
}

Bytes DeviceBench::slot(const std::string& name) const {
  PosixDisk posix;
  return *read_file(posix, applier.slot_files.at(name), 64u << 20);
}

void DeviceBench::write_slot(const std::string& name, const Bytes& bytes) {
  Result<std::unique_ptr<File>> file = disk.open(applier.slot_files[name], OpenMode::replace);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE((*file)->write_at(0, bytes));
}

NodeStore DeviceBench::store() {
  std::string damage;
  return std::move(*NodeStore::open(disk, NodePaths(config.data_dir).database(), &damage));
}

std::vector<NodeEvent> DeviceBench::events() {
  return *store().events(0, 1'000);
}

std::string DeviceBench::event(const std::string& kind) {
  std::string text;
  for (const NodeEvent& event : events()) {
    if (event.kind == kind) text = event.text;
  }
  return text;
}

}  // namespace dunlin
