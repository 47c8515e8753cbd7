// Any bytes as a stream on the applier's socket, cut where the first byte says, as both of its ends read it.
// Whatever is taken says the same when it is written and read again.
#include "applier/client/protocol.h"
#include "applier/client/slot_write.h"
#include "applier/client/unix_channel.h"
#include "core/base/check.h"

namespace {

using namespace dunlin;

void read_as_write(std::string_view message) {
  const Result<SlotWrite> write = parse_slot_write(message);
  if (!write) return;
  CHECK(write->bytes.size() <= slot_write_size_max && write->offset + write->bytes.size() > write->offset);
  CHECK(encode_slot_write(write->offset, write->bytes) == message);
}

void read_message(std::string_view message) {
  if (is_slot_write(message)) return read_as_write(message);
  if (const Result<Request> request = parse_request(message)) {
    const std::string text = encode(*request);
    const Result<Request> again = parse_request(text);
    CHECK(again && encode(*again) == text);
  }
  if (const Result<Reply> reply = parse_reply(message)) {
    const std::string text = encode(*reply);
    const Result<Reply> again = parse_reply(text);
    CHECK(again && encode(*again) == text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  read_message(as_text(ByteView(data + 1, size - 1)));
  FrameBuffer frames;
  const std::size_t step = data[0] % 64 + 1u;
  for (ByteView rest(data + 1, size - 1); !rest.empty(); rest = rest.subspan(std::min(step, rest.size()))) {
    if (!frames.add(rest.first(std::min(step, rest.size())))) return 0;
    while (const std::optional<std::string> message = frames.next()) read_message(*message);
  }
  return 0;
}
