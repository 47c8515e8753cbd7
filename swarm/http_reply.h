#pragma once
#include "core/base/disk.h"
#include "swarm/http_server.h"
#include "swarm/http_stream.h"

namespace dunlin {

// An answer ready to send: its header block, then either `body` or `length` bytes of `file` from `offset`.
struct Reply {
  std::string head;
  std::string body;
  std::unique_ptr<File> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Turns a handler's response into bytes for this request: opens the file, honours HEAD, Range, If-Range and
// If-None-Match (against the response's own "etag" header). A file that cannot be opened becomes 404 or 500.
Reply make_reply(const ServerRequest& request, ServerResponse response, bool keep_alive);

// Sends it; files in pieces of at most 64 KiB. Adds the file bytes that left to `sent_file_bytes`.
Task<Result<void>> send_reply(HttpStream& stream, Reply& reply, std::uint64_t& sent_file_bytes);

}  // namespace dunlin
