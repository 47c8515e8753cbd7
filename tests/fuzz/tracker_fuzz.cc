// Any bytes as what trackers are asked (the seeder reads it) and as what they answer (a device reads it). The
// first byte says which.
#include "core/base/check.h"
#include "seeder/tracker_protocol.h"
#include "swarm/tracker_client.h"

namespace {

using namespace dunlin;

void read_announce(std::string_view query) {
  const Result<AnnounceRequest> request = parse_announce(query, "192.0.2.7");
  if (!request) return;
  CHECK(!request->endpoints.empty() && request->peer_id.size() == 20);
  CHECK(request->wanted <= 200 && (!request->site || request->site->size() <= 64));
}

void read_answer(ByteView body) {
  const Result<TrackerAnswer> answer = parse_tracker_answer(body);
  if (answer) CHECK(answer->peers.size() <= 200 && answer->interval.count() > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest(data + 1, size - 1);
  if (data[0] % 2 == 0) read_announce(as_text(rest));
  if (data[0] % 2 == 1) read_answer(rest);
  return 0;
}
