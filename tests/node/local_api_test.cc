// The command line's client speaks to the real local API over a real Unix socket.
#include "node/local_api.h"

#include <sstream>

#include "node/cli_commands.h"
#include "tests/node/device_bench.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

// A node whose driver is not running: commands reach it, phases are set by the test.
class LocalApiTest : public testing::Test {
 protected:
  LocalApiTest() {
    std::string damage;
    store_.emplace(std::move(*NodeStore::open(disk_, folder_ + "/node.db", &damage)));
    journal_.emplace(*store_, clock_);
    config_.device_id = "dev-1";
    world_.status.slots = {SlotReport{"a", true, "confirmed", "1.0", std::nullopt, 10, 20},
                           SlotReport{"b", false, "unbootable", "", std::nullopt, 0, 20}};
    live_.applier = world_.status;
    wan_.emplace(WanAccount::Rules(), *store_, *journal_, clock_, live_);
    driver_.emplace(NodeContext{config_, paths_, io_, pool_, disk_, clock_, random_, alarm_, *store_,
                                *journal_, applier_, repository_, swarm_, live_, codecs_, *wan_});
    api_.emplace(*driver_, applier_);
    server_.emplace(io_, api_->handler());
  }
  ~LocalApiTest() override { pool_.join(); }

  std::string socket() const { return folder_ + "/node.sock"; }

  void listen() {
    Result<void> listening = server_->listen_unix(socket(), 0600);
    ASSERT_TRUE(listening) << listening.error().message;
  }

  Task<> work(CliOptions options, int& code) {
    CliClient client(http_, socket());
    const CliScreen screen{out_, error_, false, 80};
    auto result = co_await run_command(io_, client, std::move(options), screen);
    code = result;
    io_.stop();
  }

  // Runs one command line as main.cc does; returns its exit code.
  int run(std::vector<std::string> arguments) {
    out_.str("");
    error_.str("");
    const CliParse parse = parse_command_line(std::move(arguments));
    EXPECT_FALSE(parse.stop) << parse.output;
    int code = -1;
    io_.restart();
    spawn(io_, work(parse.options, code));
    io_.run();
    return code;
  }

  PosixDisk disk_;
  FakeClock clock_;
  SeededRandom random_{1};
  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path();
  NodeConfig config_;
  NodePaths paths_{"/nowhere"};
  asio::io_context io_{1};
  asio::thread_pool pool_{1};
  Fuse fuse_{io_};
  FakeAlarm alarm_{clock_, fuse_};
  std::optional<NodeStore> store_;
  std::optional<Journal> journal_;
  ApplierWorld world_;
  RepositoryWorld repository_world_;
  SwarmWorld swarm_world_;
  FakeApplier applier_{world_, disk_, fuse_};
  FakeRepository repository_{repository_world_, fuse_};
  FakeSwarm swarm_{swarm_world_, disk_, fuse_};
  LiveStatus live_;
  CodecSupport codecs_;
  std::optional<WanAccount> wan_;
  std::optional<UpdateDriver> driver_;
  std::optional<LocalApi> api_;
  HttpClient http_{io_, {}};
  std::optional<HttpServer> server_;
  std::ostringstream out_;
  std::ostringstream error_;
};

TEST_F(LocalApiTest, SaysWhatToStartWhenNoNodeRuns) {
  EXPECT_EQ(run({"status"}), 3);
  EXPECT_THAT(error_.str(), testing::HasSubstr("systemctl start dunlin-node"));
  EXPECT_THAT(error_.str(), testing::HasSubstr(socket()));
}

TEST_F(LocalApiTest, ShowsTheStatusAsPanelAndAsJson) {
  listen();

  EXPECT_EQ(run({"status"}), 0);
  EXPECT_THAT(out_.str(), testing::HasSubstr("device     dev-1 (site default)"));
  EXPECT_EQ(run({"status", "--json"}), 0);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["version"], "1.0");
}

TEST_F(LocalApiTest, ListsMoreEventsThanOneAnswerHolds) {
  listen();
  for (int i = 0; i < 250; ++i) journal_->add("note", "", "event " + std::to_string(i));

  EXPECT_EQ(run({"events"}), 0);

  const std::string text = out_.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 250);
  EXPECT_THAT(text, testing::HasSubstr("event 249"));
}

TEST_F(LocalApiTest, TakesCommands) {
  listen();

  EXPECT_EQ(run({"check"}), 0);
  EXPECT_EQ(run({"update"}), 0);
  EXPECT_EQ(*store_->setting("asked"), "1");
}

TEST_F(LocalApiTest, RefusesARebootWhenNothingIsStaged) {
  listen();

  EXPECT_EQ(run({"reboot"}), 1);
  EXPECT_THAT(error_.str(), testing::HasSubstr("nothing is staged"));
}

TEST_F(LocalApiTest, PassesConfirmToTheApplierAndItsRefusalBack) {
  listen();
  EXPECT_EQ(run({"confirm"}), 1);
  EXPECT_THAT(error_.str(), testing::HasSubstr("no trial is running"));
  world_.status.slots[0].state = "trial";

  EXPECT_EQ(run({"confirm"}), 0);
  EXPECT_EQ(world_.status.slots[0].state, "confirmed");
}

TEST_F(LocalApiTest, TellsTheBundlesPathFromTheRootOnAndWhyItIsRefused) {
  listen();

  EXPECT_EQ(run({"install", "x.bundle"}), 1);

  EXPECT_THAT(error_.str(), testing::HasSubstr(std::filesystem::current_path().string() + "/x.bundle"));
  EXPECT_THAT(error_.str(), testing::HasSubstr("put the file below /mnt"));
}

TEST_F(LocalApiTest, RemembersARollbackByHand) {
  listen();

  EXPECT_EQ(run({"rollback"}), 0);

  EXPECT_EQ(store_->failed_releases()->at(0).version, "1.0");
}

class LocalApiRequestTest : public LocalApiTest {
 protected:
  Task<> send(HttpRequest request, Result<HttpResponse>& response) {
    auto answer = co_await http_.send(std::move(request));
    response = std::move(answer);
    io_.stop();
  }
  HttpResponse ask(const std::string& method, const std::string& target) {
    HttpRequest request;
    request.method = method;
    request.url = "unix:" + socket() + ":" + target;
    Result<HttpResponse> response;
    io_.restart();
    spawn(io_, send(std::move(request), response));
    io_.run();
    EXPECT_TRUE(response) << response.error().message;
    return response.value_or(HttpResponse());
  }
};

TEST_F(LocalApiRequestTest, AnswersUnknownPathsAndMethodsWithASentence) {
  listen();

  EXPECT_EQ(ask("GET", "/v2/status").status, 404);
  EXPECT_EQ(ask("POST", "/v1/dance").status, 404);
  EXPECT_EQ(ask("DELETE", "/v1/status").status, 405);
  EXPECT_EQ(ask("POST", "/v1/install").status, 400);
  EXPECT_EQ(ask("GET", "/v1/events?after=x").status, 400);
  EXPECT_EQ(ask("GET", "/v1/events?after=-1").status, 400);
  EXPECT_EQ(ask("GET", "/metrics").status, 200);
}

}  // namespace
}  // namespace dunlin
