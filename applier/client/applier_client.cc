#include "applier/client/applier_client.h"

#include "applier/client/protocol.h"
#include "applier/client/remote_slot.h"

namespace dunlin {

namespace {

using std::chrono::seconds;

constexpr seconds send_limit{30};
// Between two messages of one operation. Syncing a slow card before the read-back is the longest silence.
constexpr seconds answer_limit{600};

struct Answer {
  DoneReply done;
  Descriptor descriptor;
  UnixChannel channel;  // it came over
};

using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

Result<Answer> call(const std::string& socket_path, const Request& request, const Progress& on_progress) {
  const std::string text = encode(request);
  if (text.size() > applier_message_size_max)
    return fail(ErrorKind::bad_image, "the metadata of this release is longer than 8 MiB");
  Result<UnixChannel> channel = UnixChannel::connect(socket_path);
  if (!channel) return fail(std::move(channel.error()));
  Result<void> sent = channel->send(text, -1, send_limit);
  if (!sent) return fail(std::move(sent.error()));
  while (true) {
    Result<ChannelMessage> message = channel->receive(answer_limit);
    if (!message) return fail(std::move(message.error()));
    Result<Reply> reply = parse_reply(message->text);
    if (!reply) return fail(std::move(reply.error()));
    if (auto* progress = std::get_if<ProgressReply>(&*reply)) {
      if (on_progress) on_progress(progress->done, progress->total);
      continue;
    }
    if (auto* error = std::get_if<Error>(&*reply)) return fail(std::move(*error));
    return Answer{std::move(std::get<DoneReply>(*reply)), std::move(message->descriptor),
                  std::move(*channel)};
  }
}

Result<Answer> call(const std::string& socket_path, Operation operation) {
  return call(socket_path, Request{operation, {}, {}}, {});
}

Result<void> call_plain(const std::string& socket_path, Operation operation) {
  Result<Answer> answer = call(socket_path, operation);
  if (!answer) return fail(std::move(answer.error()));
  return {};
}

Result<std::unique_ptr<File>> file_of(Answer& answer, const std::string& what = "slot ") {
  if (!answer.descriptor.is_open())
    return fail(ErrorKind::bad_peer,
                "dunlin-applier answered without a descriptor of " + what + answer.done.slot);
  return adopt_descriptor(answer.descriptor.release(), what + answer.done.slot);
}

}  // namespace

Result<ApplierStatus> ApplierClient::status() {
  Result<Answer> answer = call(socket_path_, Operation::status);
  if (!answer) return fail(std::move(answer.error()));
  if (!answer->done.status) return fail(ErrorKind::bad_peer, "dunlin-applier answered without its status");
  return std::move(*answer->done.status);
}

Result<std::vector<Finding>> ApplierClient::examine() {
  Result<Answer> answer = call(socket_path_, Operation::examine);
  if (!answer) return fail(std::move(answer.error()));
  if (!answer->done.findings) return fail(ErrorKind::bad_peer, "dunlin-applier answered without findings");
  return std::move(*answer->done.findings);
}

Result<std::unique_ptr<File>> ApplierClient::open_booted_slot() {
  Result<Answer> answer = call(socket_path_, Operation::open_booted_slot);
  if (!answer) return fail(std::move(answer.error()));
  return file_of(*answer);
}

Result<std::unique_ptr<File>> ApplierClient::open_slot(const std::string& name) {
  Result<Answer> answer = call(socket_path_, Request{Operation::open_slot, {}, name}, {});
  if (!answer) return fail(std::move(answer.error()));
  return file_of(*answer);
}

Result<std::unique_ptr<File>> ApplierClient::open_self_tests(std::uint64_t back) {
  Result<Answer> answer = call(socket_path_, Request{Operation::open_self_tests, {}, {}, back}, {});
  if (!answer) return fail(std::move(answer.error()));
  return file_of(*answer, "the self-tests");
}

Result<SpareSlot> ApplierClient::begin_install(const InstallRequest& request) {
  Result<Answer> answer = call(socket_path_, Request{Operation::begin_install, request, {}}, {});
  if (!answer) return fail(std::move(answer.error()));
  Result<std::unique_ptr<File>> file = file_of(*answer);
  if (!file) return fail(std::move(file.error()));
  auto slot = std::make_unique<RemoteSlot>(std::move(*file), std::move(answer->channel));
  return SpareSlot{answer->done.slot, std::move(slot), answer->done.image_size};
}

Result<void> ApplierClient::commit_install(
    const std::function<void(std::uint64_t done, std::uint64_t total)>& on_progress) {
  Result<Answer> answer = call(socket_path_, Request{Operation::commit_install, {}, {}}, on_progress);
  if (!answer) return fail(std::move(answer.error()));
  return {};
}

Result<void> ApplierClient::abort_install() {
  return call_plain(socket_path_, Operation::abort_install);
}

Result<void> ApplierClient::reboot() {
  return call_plain(socket_path_, Operation::reboot);
}

Result<void> ApplierClient::confirm() {
  return call_plain(socket_path_, Operation::confirm);
}

Result<void> ApplierClient::rollback() {
  return call_plain(socket_path_, Operation::rollback);
}

}  // namespace dunlin
