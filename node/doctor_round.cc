#include "node/doctor_round.h"

#include <charconv>
#include <sys/timex.h>

#include "applier/client/applier_client.h"
#include "core/base/kernel_file.h"
#include "core/trust/metadata.h"
#include "node/node_config.h"

namespace dunlin {

namespace {

constexpr std::uint64_t first_root_size_max = 1u << 20;

Task<> ask_status(asio::io_context& io, CliClient& client, Result<nlohmann::json>& out) {
  std::string target = "/v1/status";
  auto answer = co_await client.get(std::move(target));
  out = std::move(answer);
  io.stop();
}

void ask_node(NodeSight& sight) {
  asio::io_context io;
  HttpClient http(io, {});
  CliClient client(http, sight.socket);
  Result<nlohmann::json> answer = fail(ErrorKind::retry_later, "no answer");
  spawn(io, ask_status(io, client, answer));
  io.run();
  if (answer) sight.status = std::move(*answer);
  if (!answer) sight.node_error = answer.error().message;
}

void ask_applier(NodeSight& sight) {
  ApplierClient applier(sight.applier_socket);
  Result<std::vector<Finding>> findings = applier.examine();
  if (findings) sight.applier = std::move(*findings);
  if (!findings) sight.applier_error = std::move(findings.error());
}

void look_at_trust(Disk& disk, const NodeConfig& config, NodeSight& sight) {
  sight.root_metadata = config.root_metadata;
  const Result<std::string> root = read_text(disk, config.root_metadata, first_root_size_max);
  if (!root) sight.trust_error = root.error().message;
  if (root) {
    const Result<TrustedMetadata> trusted = TrustedMetadata::from_root(*root);
    if (!trusted) sight.trust_error = config.root_metadata + ": " + trusted.error().message;
  }
  sight.ca_file = config.ca_file;
  sight.has_ca_file = config.ca_file.empty() || disk.open(config.ca_file, OpenMode::read).has_value();
}

std::optional<std::int64_t> hardware_clock(Disk& disk) {
  const Result<std::string> text = read_kernel_file(disk, "/sys/class/rtc/rtc0/since_epoch", 32);
  if (!text) return std::nullopt;
  std::int64_t seconds = 0;
  const bool is_number =
      std::from_chars(text->data(), text->data() + text->size(), seconds).ec == std::errc();
  return is_number ? std::optional(seconds) : std::nullopt;
}

void look_at_clocks(Disk& disk, const Clock& clock, NodeSight& sight) {
  sight.now = clock.now();
  timex state{};  // modes 0: only reads
  sight.is_synchronised = ::adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  sight.hardware_clock_s = hardware_clock(disk);
}

}  // namespace

NodeSight look_at_node(Disk& disk, const Clock& clock, const CliOptions& options) {
  NodeSight sight;
  sight.config_path = options.config;
  const Result<NodeConfig> loaded = load_node_config(disk, options.config);
  if (!loaded) sight.config_error = loaded.error().message;
  const NodeConfig config = loaded ? *loaded : NodeConfig();
  sight.socket = options.socket.empty() ? config.socket : options.socket;
  sight.applier_socket = config.applier_socket;
  ask_node(sight);
  ask_applier(sight);
  look_at_clocks(disk, clock, sight);
  if (!loaded) return sight;
  sight.data_dir = config.data_dir;
  const Result<DiskSpace> space = disk.space(config.data_dir);
  if (space) sight.space = *space;
  look_at_trust(disk, config, sight);
  return sight;
}

}  // namespace dunlin
