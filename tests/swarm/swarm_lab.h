#pragma once
// Several devices in one process, each a real swarm with its own address 127.x.y.n, disk and HTTP client, and
// a real HTTP server as the seeder. Only the network between them is the machine's own loopback.
#include <unistd.h>

#include "swarm/torrent_file.h"
#include "swarm/torrent_swarm.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/http_fixture.h"
#include "tests/swarm/lab_seeder.h"

namespace dunlin {

inline Bytes random_content(std::size_t size, std::uint64_t seed) {
  Bytes content(size);
  SeededRandom(seed).fill(content);
  return content;
}

inline Bytes torrent_of(const Bytes& content, const std::string& name = "content.pack") {
  MemorySource source(content);
  Result<Bytes> torrent = make_torrent(source, name, {});
  CHECK(torrent.has_value());
  return *torrent;
}

// One machine: survives its swarm, which can be stopped, killed and started again.
class LabDevice {
 public:
  LabDevice(EventLoop& loop, const std::string& name, std::string address)
      : address_(std::move(address)),
        loop_(loop),
        random_(std::hash<std::string>()(name)),
        http_(loop.io(), "") {
    options.device_id = name;
    options.checkpoint_dir = "/data/checkpoints";
    options.bind_address = address_;
    CHECK(disk.create_directories("/data").has_value());
    disk.sync_all();
  }

  void start() {
    SwarmMachine machine{loop_, disk, clock_, random_, http_};
    Result<std::unique_ptr<Swarm>> made = make_torrent_swarm(options, machine);
    CHECK(made.has_value());
    swarm = std::move(*made);
    swarm->on_event([this](const SwarmEvent& event) { events.push_back(event); });
  }

  // As kill -9 does: nothing is said, nothing is saved.
  void kill() { swarm.reset(); }

  Result<TransferId> fetch(const Bytes& torrent, const std::string& url, bool seed_only = false,
                           WantedRanges wanted = std::nullopt) {
    TransferSpec spec{"content", torrent, path(), url, seed_only, std::move(wanted)};
    Result<TransferId> added = swarm->add(std::move(spec));
    if (added) id = *added;
    return added;
  }

  TransferStatus status() const { return swarm ? swarm->status(id) : TransferStatus{}; }
  static std::string path() { return "/data/content"; }
  const std::string& address() const { return address_; }

  bool heard(const std::string& kind, const std::string& words) const {
    return std::any_of(events.begin(), events.end(), [&](const SwarmEvent& event) {
      return event.kind == kind && event.text.find(words) != std::string::npos;
    });
  }

  TorrentSwarmOptions options;
  FakeDisk disk;
  std::unique_ptr<Swarm> swarm;
  TransferId id{};
  std::vector<SwarmEvent> events;

 private:
  std::string address_;
  EventLoop& loop_;
  SystemClock clock_;
  SeededRandom random_;
  HttpClient http_;
};

// A site of devices that know each other by address. Addresses are the process's own, so that tests can run
// side by side.
class LabSite {
 public:
  explicit LabSite(int count) {
    const auto pid = static_cast<unsigned>(::getpid());
    std::vector<std::string> addresses;
    for (int i = 1; i <= count; ++i)
      addresses.push_back(fmt::format("127.{}.{}.{}", 1 + pid / 256 % 254, pid % 256, i));
    for (int i = 0; i < count; ++i) {
      devices.push_back(std::make_unique<LabDevice>(loop, "dev-" + std::to_string(i + 1),
                                                    addresses[static_cast<std::size_t>(i)]));
      devices.back()->options.peers = addresses;
    }
  }
  ~LabSite() {
    for (auto& device : devices) device->kill();
    loop.io().restart();
    loop.io().run_for(std::chrono::milliseconds(400));  // sessions close
  }

  // Runs the loop until `done`, at most for `limit`; false when the limit passed.
  bool run_until(const std::function<bool()>& done, std::chrono::seconds limit = std::chrono::seconds(40)) {
    loop.io().restart();
    const auto end = SystemClock().steady() + limit;
    while (!done()) {
      if (SystemClock().steady() > end) return false;
      loop.io().run_one_for(std::chrono::milliseconds(50));
    }
    return true;
  }

  bool all_done() const {
    return std::all_of(devices.begin(), devices.end(),
                       [](const auto& device) { return !device->swarm || device->status().done; });
  }

  LabDevice* leader() const {
    for (const auto& device : devices) {
      if (device->status().role == "leader") return device.get();
    }
    return nullptr;
  }

  LabDevice& operator[](std::size_t index) { return *devices[index]; }

  EventLoop loop;
  std::vector<std::unique_ptr<LabDevice>> devices;
};

}  // namespace dunlin
