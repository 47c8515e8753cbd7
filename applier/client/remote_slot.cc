#include "applier/client/remote_slot.h"

#include "applier/client/protocol.h"
#include "applier/client/slot_write.h"

namespace dunlin {

namespace {

constexpr std::chrono::seconds message_limit{30};
// Syncing a slow card takes long.
constexpr std::chrono::seconds reply_limit{600};

}  // namespace

Result<void> RemoteSlot::ask(std::string_view message) {
  Result<void> sent = channel_.send(message, -1, message_limit);
  if (!sent) return sent;
  Result<ChannelMessage> answer = channel_.receive(reply_limit);
  if (!answer) return fail(std::move(answer.error()));
  Result<Reply> reply = parse_reply(answer->text);
  if (!reply) return fail(std::move(reply.error()));
  if (auto* error = std::get_if<Error>(&*reply)) return fail(std::move(*error));
  return {};
}

Result<void> RemoteSlot::write_at(std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ByteView part = bytes.first(std::min(bytes.size(), slot_write_size_max));
    Result<void> written = ask(encode_slot_write(offset, part));
    if (!written) return written;
    offset += part.size();
    bytes = bytes.subspan(part.size());
  }
  return {};
}

Result<void> RemoteSlot::sync() {
  return ask(encode(Request{Operation::sync_slot, {}, {}}));
}

Result<void> RemoteSlot::resize(std::uint64_t) {
  return fail(ErrorKind::usage, "a slot cannot be resized");
}

}  // namespace dunlin
