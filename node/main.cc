// Chooses the real parts of the node and runs the daemon or one command of its command line.
#include <cstdlib>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/event_loop.h"
#include "core/base/heap.h"
#include "core/base/log.h"
#include "core/base/resident_memory.h"
#include "core/base/service_notify.h"
#include "node/cli_commands.h"
#include "node/doctor_round.h"
#include "node/hint_watch.h"
#include "node/local_api.h"
#include "node/mirror.h"
#include "node/repository_client.h"
#include "node/socket_applier.h"
#include "swarm/torrent_swarm.h"

namespace dunlin {

namespace {

constexpr unsigned socket_mode = 0660;
constexpr std::uint64_t self_tests_size_max = 8u << 20;  // bytes; more than the applier writes
constexpr std::chrono::milliseconds notify_interval{5'000};
constexpr std::chrono::milliseconds give_back_interval{30'000};

int complain(const Error& error, int code) {
  std::cerr << "dunlin-node: " << error.message << "\n";
  return code;
}

TorrentSwarmOptions swarm_options(const NodeConfig& config, const NodePaths& paths) {
  TorrentSwarmOptions options;
  options.device_id = config.device_id;
  options.site = config.site;
  options.checkpoint_dir = paths.swarm();
  options.wan = parse_wan_mode(to_string(config.wan)).value_or(WanMode::shared);
  options.listen_port = config.listen_port;
  options.beacon_port = config.beacon_port;
  options.beacon_group = config.beacon_group;
  options.peers = config.peers;
  options.upload_rate_max = config.upload_rate_max;
  options.takers_max = config.takers_max;
  options.tracker_url = config.seeder_url + "/announce";
  return options;
}

RepositoryClientOptions repository_options(const NodeConfig& config) {
  RepositoryClientOptions options;
  options.root_metadata = config.root_metadata;
  options.device_id = config.device_id;
  options.may_use_wan = config.wan != WanPolicy::never;
  options.check_interval = config.check_interval;
  options.max_staleness = config.max_staleness;
  return options;
}

WanAccount::Rules wan_rules(const NodeConfig& config) {
  return {config.wan_limits, config.wan_rules, config.download_rate_max};
}

Task<> report_to_service_manager(asio::io_context& io, const UpdateDriver& driver) {
  asio::steady_timer timer(io);
  notify_service_manager("READY=1");
  std::string last;
  for (;;) {
    const LiveStatus& live = driver.live();
    std::string state = "STATUS=" + std::string(to_string(live.machine.phase)) + " " + live.target_version +
                        " " + std::to_string(live.progress().percent) + " %";
    if (state != last) notify_service_manager(state);
    last = std::move(state);
    co_await wait_for(timer, notify_interval);
  }
}

bool is_at_work(Phase phase) {
  return phase == Phase::checking || phase == Phase::planning || phase == Phase::fetching ||
         phase == Phase::verifying;
}

// A node is at rest nearly always, and many share a small machine with what that machine is for.
Task<> give_back_at_rest(asio::io_context& io, const UpdateDriver& driver) {
  asio::steady_timer timer(io);
  for (;;) {
    co_await wait_for(timer, give_back_interval);
    if (!is_at_work(driver.live().machine.phase)) give_back_memory();
  }
}

Task<> stop_gently(EventLoop& loop, Swarm& swarm, WanAccount& wan) {
  co_await swarm.shut_down();
  wan.tick();
  loop.stop();
}

std::string environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

int run_daemon(const NodeConfig& config) {
  Result<HttpProxies> proxies = read_proxies(environment_variable);
  if (!proxies) return complain(proxies.error(), 1);
  const NodePaths paths(config.data_dir);
  PosixDisk disk;
  SystemClock clock;
  SystemRandom random;
  PosixProcessRunner processes;
  Result<void> made = disk.create_directories(config.data_dir);
  if (!made) return complain(made.error(), 1);
  std::string damage;
  Result<NodeStore> store = NodeStore::open(disk, paths.database(), &damage);
  if (!store) return complain(store.error(), 1);
  Journal journal(*store, clock);
  if (!damage.empty()) journal.add("database_damaged", {}, damage);

  EventLoop loop;
  HttpClient http(loop.io(), config.ca_file, std::move(*proxies));
  LiveStatus live;
  const auto wan = std::make_shared<WanAccount>(wan_rules(config), *store, journal, clock, live);
  TorrentSwarmOptions options = swarm_options(config, paths);
  options.wan_gate = wan;
  const SwarmMachine machine{loop, disk, clock, random, http};
  Result<std::unique_ptr<Swarm>> swarm = make_torrent_swarm(options, machine);
  if (!swarm && swarm.error().kind == ErrorKind::usage) {
    // A taken beacon port must not keep a device from its updates: the tracker still tells it of neighbours.
    journal.add("beacon_off", {}, swarm.error().message + "; going on without beacons");
    options.discover = false;
    swarm = make_torrent_swarm(options, machine);
  }
  if (!swarm) return complain(swarm.error(), 1);
  HttpClient lan_http(loop.io(), {});
  RepositoryClient repository(RepositoryPlaces(http, lan_http, config.seeder_url, *wan),
                              MetadataStore(disk, paths.metadata()), repository_options(config),
                              {*store, journal, **swarm, clock});
  Result<void> loaded = repository.load();
  if (!loaded) return complain(loaded.error(), 1);
  SocketApplier applier(loop.io(), loop.pool(), config.applier_socket);
  SocketApplier operator_applier(loop.io(), loop.pool(), config.applier_socket);
  TimerAlarm alarm(loop.io());
  const CodecSupport codecs = CodecSupport::probe();
  log_info("codecs", {{"state", codecs.summary()}});
  if (!codecs.differing().empty()) journal.add_once("codec_differs", {}, codecs.summary());
  UpdateDriver driver({config, paths, loop.io(), loop.pool(), disk, clock, random, alarm, *store, journal,
                       applier, repository, **swarm, live, codecs, *wan});
  (*swarm)->on_event([&driver](const SwarmEvent& event) { driver.note_swarm_event(event); });

  (*swarm)->on_mirrors([&repository, &driver](const std::vector<MirrorOffer>& heard) {
    repository.hear(heard);
    driver.note_news();
  });

  Mirror mirror(repository, disk, paths, options.tracker_url);
  HttpServer mirror_server(loop.io(), mirror.handler(), Mirror::limits);
  Result<std::uint16_t> mirror_port = listen_for_neighbours(mirror_server, config.mirror_port);
  if (mirror_port) repository.serve_at(*mirror_port);
  if (!mirror_port)
    journal.add("mirror_off", {}, mirror_port.error().message + "; neighbours cannot ask this device");

  LocalApi api(driver, operator_applier);
  HttpServer server(loop.io(), api.handler());
  Result<void> listening = server.listen_unix(config.socket, socket_mode);
  if (!listening) return complain(listening.error(), 1);
  log_info("node started",
           {{"device", config.device_id}, {"site", config.site}, {"seeder", config.seeder_url}});
  spawn(loop.io(), WanAccount::run(loop.io(), wan));
  const auto hints = std::make_shared<HintReader>(disk, processes, HintReader::Places{config.hints_dir});
  if (config.wan_rules.heeds_hints()) spawn(loop.io(), watch_hints(loop, clock, hints, wan));
  spawn(loop.io(), driver.run());
  spawn(loop.io(), report_to_service_manager(loop.io(), driver));
  spawn(loop.io(), give_back_at_rest(loop.io(), driver));
  loop.run([&loop, &swarm, &wan] {
    notify_service_manager("STOPPING=1");
    spawn(loop.io(), stop_gently(loop, **swarm, *wan));
  });
  loop.pool().join();
  return 0;
}

Task<> run_and_stop(asio::io_context& io, CliClient& client, CliOptions options, CliScreen screen,
                    int& code) {
  auto result = co_await run_command(io, client, std::move(options), screen);
  code = result;
  io.stop();
}

int terminal_columns() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20;
  return known ? size.ws_col : 80;
}

int run_client(const CliOptions& options, const std::string& socket) {
  asio::io_context io;
  HttpClient http(io, {});
  CliClient client(http, socket);
  const CliScreen screen{std::cout, std::cerr, ::isatty(STDOUT_FILENO) == 1, terminal_columns()};
  int code = 1;
  spawn(io, run_and_stop(io, client, options, screen, code));
  io.run();
  return code;
}

int run_doctor(const CliOptions& options) {
  PosixDisk disk;
  const SystemClock clock;
  const std::vector<Finding> findings = examine_node(look_at_node(disk, clock, options));
  std::cout << (options.json ? doctor_json(findings) + "\n" : doctor_report(findings));
  return verdict(findings) == FindingLevel::wrong ? 1 : 0;
}

// Asks the applier, which keeps them: also of a trial that the node never saw.
int print_self_tests(const CliOptions& options, const std::string& applier_socket) {
  ApplierClient applier(applier_socket);
  Result<std::unique_ptr<File>> file = applier.open_self_tests(options.before ? 1 : 0);
  if (!file) return complain(file.error(), 1);
  Result<std::uint64_t> size = (*file)->size();
  if (!size) return complain(size.error(), 1);
  Bytes text(std::min(*size, self_tests_size_max));
  Result<void> read = read_exactly(**file, 0, text);
  if (!read) return complain(read.error(), 1);
  std::cout << as_text(text);
  return 0;
}

int start(std::vector<std::string> arguments) {
  const CliParse parse = parse_command_line(std::move(arguments));
  if (parse.stop) {
    (parse.exit_code == 0 ? std::cout : std::cerr) << parse.output;
    return parse.exit_code;
  }
  if (parse.options.command == CliCommand::doctor) return run_doctor(parse.options);
  const bool needs_config = parse.options.command == CliCommand::run ||
                            parse.options.command == CliCommand::self_tests || parse.options.socket.empty();
  if (!needs_config) return run_client(parse.options, parse.options.socket);
  PosixDisk disk;
  Result<NodeConfig> config = load_node_config(disk, parse.options.config);
  if (!config) return complain(config.error(), 2);
  if (parse.options.check_config) return 0;
  if (parse.options.command == CliCommand::run) return run_daemon(*config);
  if (parse.options.command == CliCommand::self_tests)
    return print_self_tests(parse.options, config->applier_socket);
  return run_client(parse.options, config->socket);
}

}  // namespace

}  // namespace dunlin

int main(int argc, char** argv) {
  dunlin::bound_heap();
  return dunlin::start({argv + 1, argv + argc});
}
