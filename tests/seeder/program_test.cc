// Runs the real program as an operator does, on loopback and in temporary folders.
#include <arpa/inet.h>
#include <csignal>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/base/process.h"
#include "core/trust/metadata.h"
#include "swarm/bencode.h"
#include "swarm/http_url.h"
#include "swarm/torrent_file.h"
#include "tests/fakes/http_fixture.h"
#include "tests/fakes/notify_socket.h"
#include "tests/seeder/publisher_world.h"

namespace dunlin {
namespace {

const std::string program = std::string(DUNLIN_PROGRAMS) + "/dunlin-seeder";

ProcessOutcome run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program);
  ProcessSpec spec;
  spec.argv = std::move(arguments);
  PosixProcessRunner runner;
  return runner.run(spec).value();
}

// A port that nobody has at the moment.
std::uint16_t free_port() {
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return acceptor.local_endpoint().port();
}

// A program in the background; killed at the end.
class Child {
 public:
  Child(std::vector<std::string> arguments, const std::string& notify_socket) {
    arguments.insert(arguments.begin(), program);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::setenv("NOTIFY_SOCKET", notify_socket.c_str(), 1);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ~Child() { signal_and_wait(SIGKILL); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The exit code, or -1 when a signal ended it.
  int signal_and_wait(int signal) {
    if (pid_ <= 0) return -1;
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = 0;
};

class SeederProgram : public testing::Test {
 protected:
  SeederProgram() { folder.write("v1.img", as_text(v1)); }

  void init() {
    const ProcessOutcome made =
        run({"init", directory, "--product", "edge", "--url", url, "--torrent-port", "0"});
    ASSERT_EQ(made.exit_code, 0) << made.output;
    EXPECT_NE(made.output.find("1.root.json"), std::string::npos);
  }
  ProcessOutcome publish(const std::string& version, const std::string& image) {
    return run({"publish", "--dir", directory, "--version", version, "--image",
                "rootfs=" + folder.path() + "/" + image, "--level", "1"});
  }
  void serve() {
    server =
        std::make_unique<Child>(std::vector<std::string>{"serve", "--dir", directory}, folder / "notify");
    ASSERT_EQ(notify.receive(), "READY=1");
  }
  nlohmann::json status() {
    const ProcessOutcome outcome = run({"status", "--dir", directory, "--json"});
    return nlohmann::json::parse(outcome.output, nullptr, false);
  }
  Result<HttpResponse> fetch(const std::string& path, std::optional<HttpRange> range = std::nullopt) {
    HttpRequest request = get(url + path);
    request.range = range;
    return run_task(io, client.send(std::move(request)));
  }
  std::string only_file(const std::string& kind) {
    PosixDisk disk;
    return kind + "/" + disk.list(directory + "/repository/" + kind).value().at(0);
  }
  std::string announce(const TorrentFile& torrent, const std::string& peer, const std::string& rest) {
    const std::string hash(reinterpret_cast<const char*>(torrent.info_hash.bytes.data()), 20);
    return text_of(fetch("/announce?info_hash=" + percent_encode(hash) + "&peer_id=" + peer +
                         "&port=7000&left=1" + rest));
  }

  TemporaryFolder folder;
  const std::string directory = folder / "seeder";
  const std::string url = "https://127.0.0.1:" + std::to_string(free_port());
  const Bytes v1 = make_image(1);
  NotifySocket notify{folder / "notify"};
  std::unique_ptr<Child> server;
  asio::io_context io;
  HttpClient client{io, directory + "/tls/ca.pem"};
};

TEST_F(SeederProgram, InitMakesKeysThatOnlyTheOwnerReads) {
  init();

  for (const std::string secrets : {"/keys", "/tls"}) {
    for (const auto& entry : std::filesystem::directory_iterator(directory + secrets)) {
      const bool is_public = entry.path().extension() == ".pem";
      EXPECT_EQ(entry.status().permissions(), std::filesystem::perms(is_public ? 0644 : 0600))
          << entry.path();
    }
  }
}

TEST_F(SeederProgram, InitRefusesAFolderThatHoldsSomething) {
  folder.write("seeder/precious.txt", "x");

  const ProcessOutcome outcome = run({"init", directory, "--product", "edge", "--url", url});

  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.output.find("not empty"), std::string::npos) << outcome.output;
  EXPECT_TRUE(std::filesystem::exists(directory + "/precious.txt"));
}

TEST_F(SeederProgram, InitTwiceKeepsTheFirstKeys) {
  init();

  const ProcessOutcome again = run({"init", directory, "--product", "edge", "--url", url});

  EXPECT_EQ(again.exit_code, 2);
  EXPECT_NE(again.output.find("is a seeder already"), std::string::npos) << again.output;
}

TEST_F(SeederProgram, ServesSignedMetadataAndRangesOfPacksOverHttps) {
  init();
  const ProcessOutcome published = publish("1.0", "v1.img");
  ASSERT_EQ(published.exit_code, 0) << published.output;
  serve();

  const Result<HttpResponse> root = fetch("/metadata/1.root.json");
  const std::string pack = only_file("packs");
  const Result<HttpResponse> part = fetch("/" + pack, HttpRange{10, 20});
  PosixDisk disk;
  const Bytes whole = read_file(disk, directory + "/repository/" + pack, 1u << 20).value();

  ASSERT_TRUE(root) << root.error().message;
  EXPECT_TRUE(TrustedMetadata::from_root(text_of(root)));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->status, 206);
  EXPECT_EQ(part->body, Bytes(whole.begin() + 10, whole.begin() + 30));
  EXPECT_EQ(fetch("/keys/root.json")->status, 404);
  EXPECT_EQ(fetch("/../seeder.toml")->status, 404);
  EXPECT_EQ(server->signal_and_wait(SIGTERM), 0);
}

TEST_F(SeederProgram, KnowsAPublicationAtItsFirstAnnounceAndTracksItsPeersWhileItRuns) {
  init();
  serve();
  ASSERT_EQ(publish("1.0", "v1.img").exit_code, 0);
  PosixDisk disk;
  const Bytes bytes = read_file(disk, directory + "/repository/" + only_file("torrents"), 1u << 20).value();
  const TorrentFile torrent = parse_torrent(bytes).value();

  const std::string first = announce(torrent, "-DL0001-aaaaaaaaaaaa", "&site=north&ip=10.0.0.1");
  const std::string second = announce(torrent, "-DL0001-bbbbbbbbbbbb", "&site=north&ip=10.0.0.2");
  const std::string other_site = announce(torrent, "-DL0001-cccccccccccc", "&site=south&ip=10.0.0.3");

  EXPECT_EQ(first.find("failure"), std::string::npos) << first;
  EXPECT_NE(second.find(std::string("5:peers6:\x0a\0\0\x01\x1b\x58", 15)), std::string::npos) << second;
  EXPECT_NE(other_site.find("5:peers0:"), std::string::npos) << other_site;
  EXPECT_EQ(status()["sites"], (nlohmann::json{{"north", 2}, {"south", 1}}));
}

TEST_F(SeederProgram, StatusCountsWhatWasServedAndKeepsItOverARestart) {
  init();
  ASSERT_EQ(publish("1.0", "v1.img").exit_code, 0);
  EXPECT_EQ(status()["serving"], false);
  serve();
  const std::size_t size = fetch("/" + only_file("packs"))->body.size();

  const nlohmann::json running = status();
  ASSERT_EQ(server->signal_and_wait(SIGTERM), 0);
  const nlohmann::json stopped = status();

  EXPECT_EQ(running["serving"], true);
  EXPECT_EQ(running["served"]["https_bytes"], size);
  EXPECT_EQ(running["releases"][0]["version"], "1.0");
  EXPECT_EQ(running["releases"][0]["images"][0]["packs"][0]["size"], size);
  EXPECT_EQ(running["metadata"]["targets"]["version"], 2);
  EXPECT_EQ(stopped["serving"], false);
  EXPECT_EQ(stopped["served"]["https_bytes"], size);
  EXPECT_NE(run({"status", "--dir", directory}).output.find("1.0"), std::string::npos);
}

TEST_F(SeederProgram, SaysThatItsPortIsInUse) {
  init();
  asio::ip::tcp::acceptor taken(
      io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), parse_url(url)->port));

  const ProcessOutcome outcome = run({"serve", "--dir", directory});

  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.output.find(std::to_string(parse_url(url)->port) + ": the port is in use"),
            std::string::npos)
      << outcome.output;
}

TEST_F(SeederProgram, SaysWhatIsWrongWithItsConfiguration) {
  init();
  PosixDisk disk;
  const std::string config = directory + "/seeder.toml";
  const std::string text = "chek_interval = 5\n" + read_text(disk, config, 1u << 16).value();
  ASSERT_TRUE(write_file_atomically(disk, config, as_bytes(text)));

  for (const std::string command : {"serve", "status"}) {
    const ProcessOutcome outcome = run({command, "--dir", directory});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.output.find("seeder.toml:1: unknown key `chek_interval`"), std::string::npos)
        << outcome.output;
  }
}

TEST_F(SeederProgram, SaysWhatToDoInAFolderThatIsNotASeeders) {
  const ProcessOutcome outcome = run({"serve", "--dir", folder.path()});

  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.output.find("dunlin-seeder init"), std::string::npos) << outcome.output;
}

TEST_F(SeederProgram, PublishingAgainIsANoOpAndOtherBytesAreRefused) {
  init();
  ASSERT_EQ(publish("1.0", "v1.img").exit_code, 0);
  folder.write("v2.img", as_text(changed(v1, 5'000)));

  const ProcessOutcome same = publish("1.0", "v1.img");
  const ProcessOutcome other = publish("1.0", "v2.img");

  EXPECT_EQ(same.exit_code, 0);
  EXPECT_NE(same.output.find("nothing to do"), std::string::npos) << same.output;
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_NE(other.output.find("other bytes"), std::string::npos) << other.output;
}

TEST_F(SeederProgram, AKilledPublishShowsNothingAndTheNextOneSucceeds) {
  init();
  folder.write("big.img", as_text(make_image(3, 24u << 20)));
  const std::string work = directory + "/work";
  {
    Child publisher({"publish", "--dir", directory, "--version", "1.0", "--image",
                     "rootfs=" + folder.path() + "/big.img"},
                    "");
    const SystemClock clock;
    const SteadyTime limit = clock.steady() + std::chrono::seconds(60);
    bool encoding = false;
    while (!encoding && clock.steady() < limit) {
      std::error_code ignored;
      for (const auto& entry : std::filesystem::directory_iterator(work, ignored))
        encoding = encoding || entry.path().extension() == ".pack";
    }
    ASSERT_TRUE(encoding);
  }

  const nlohmann::json after = status();
  EXPECT_TRUE(std::filesystem::is_empty(directory + "/repository/packs"));
  const ProcessOutcome next = publish("1.0", "v1.img");

  EXPECT_TRUE(after["releases"].empty());
  EXPECT_EQ(next.exit_code, 0) << next.output;
  EXPECT_TRUE(std::filesystem::is_empty(work));
}

TEST_F(SeederProgram, AFullDiskLeavesTheRepositoryAsItWas) {
  std::filesystem::create_directory(folder / "small");
  ASSERT_EQ(::mount("tmpfs", (folder / "small").c_str(), "tmpfs", 0, "size=3m"), 0) << "mounting needs root";
  const std::string small = folder / "small/seeder";
  folder.write("big.img", as_text(make_image(3, 8u << 20)));
  const ProcessOutcome made = run({"init", small, "--product", "edge", "--url", url});
  const ProcessOutcome first =
      run({"publish", "--dir", small, "--version", "1.0", "--image", "rootfs=" + folder.path() + "/v1.img"});

  const ProcessOutcome full =
      run({"publish", "--dir", small, "--version", "2.0", "--image", "rootfs=" + folder.path() + "/big.img"});
  const ProcessOutcome after = run({"status", "--dir", small});
  ::umount2((folder / "small").c_str(), MNT_DETACH);

  EXPECT_EQ(made.exit_code, 0) << made.output;
  EXPECT_EQ(first.exit_code, 0) << first.output;
  EXPECT_EQ(full.exit_code, 1);
  EXPECT_NE(full.output.find("not enough space"), std::string::npos) << full.output;
  EXPECT_NE(after.output.find("1.0"), std::string::npos);
  EXPECT_EQ(after.output.find("2.0  published"), std::string::npos) << after.output;
}

}  // namespace
}  // namespace dunlin
