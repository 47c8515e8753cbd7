#include "swarm/http_reply.h"

#include <boost/beast/http/status.hpp>

#include "core/base/log.h"
#include "swarm/http_message.h"
#include "swarm/http_range.h"

namespace dunlin {

namespace {

namespace http = boost::beast::http;

constexpr std::chrono::milliseconds write_limit{60'000};
constexpr std::size_t piece_size = 64 * 1024;

std::string header_of(const ServerRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

bool has_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

void become_error(ServerResponse& response, int status, std::string words) {
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(words);
  response.file_path.clear();
}

std::unique_ptr<File> open_file(ServerResponse& response, std::uint64_t& size) {
  PosixDisk disk;
  Result<FileStatus> status = disk.status(response.file_path);
  if (!status || status->kind != FileKind::regular) {
    become_error(response, 404, "not found\n");
    return nullptr;
  }
  Result<std::unique_ptr<File>> file = disk.open(response.file_path, OpenMode::read);
  if (!file) {
    log_error("cannot serve a file", {{"path", response.file_path}, {"error", file.error()}});
    become_error(response, 500, "the server cannot read this file\n");
    return nullptr;
  }
  size = status->size;
  return std::move(*file);
}

// Chooses the part of the file to send; sets status and headers for it.
void apply_range(const ServerRequest& request, ServerResponse& response, std::uint64_t size, Reply& reply) {
  response.headers["Accept-Ranges"] = "bytes";
  std::string range = response.status == 200 ? header_of(request, "range") : std::string();
  const std::string condition = header_of(request, "if-range");
  const auto etag = response.headers.find("etag");
  if (!condition.empty() && (etag == response.headers.end() || etag->second != condition)) range.clear();
  const RangeAnswer answer = answer_range(range, size);
  reply.offset = answer.offset;
  reply.length = answer.length;
  if (answer.kind == RangeAnswer::Kind::part) {
    response.status = 206;
    response.headers["Content-Range"] = "bytes " + std::to_string(answer.offset) + "-" +
                                        std::to_string(answer.offset + answer.length - 1) + "/" +
                                        std::to_string(size);
  }
  if (answer.kind == RangeAnswer::Kind::unsatisfiable) {
    become_error(response, 416, "the range begins beyond the end\n");
    response.headers["Content-Range"] = "bytes */" + std::to_string(size);
    reply.file = nullptr;
  }
}

bool is_unchanged(const ServerRequest& request, const ServerResponse& response) {
  const auto etag = response.headers.find("etag");
  const std::string known = header_of(request, "if-none-match");
  return response.status == 200 && etag != response.headers.end() && !known.empty() &&
         (known == "*" || known.find(etag->second) != std::string::npos);
}

std::string head_of(const ServerResponse& response, std::uint64_t content_length, bool keep_alive) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(response.status));
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason.data(), reason.size());
  head += "\r\nServer: dunlin\r\n";
  if (has_body(response.status)) {
    head += "Content-Type: " + response.content_type + "\r\n";
    head += "Content-Length: " + std::to_string(content_length) + "\r\n";
  }
  for (const auto& [name, value] : response.headers) {
    if (is_safe_header(name, value)) head += name + ": " + value + "\r\n";
  }
  if (!keep_alive) head += "Connection: close\r\n";
  return head + "\r\n";
}

}  // namespace

Reply make_reply(const ServerRequest& request, ServerResponse response, bool keep_alive) {
  Reply reply;
  if (is_unchanged(request, response)) {
    response.status = 304;
    response.file_path.clear();
    response.body.clear();
  }
  if (!response.file_path.empty()) {
    std::uint64_t size = 0;
    reply.file = open_file(response, size);
    if (reply.file != nullptr) apply_range(request, response, size, reply);
  }
  if (reply.file == nullptr) reply.length = response.body.size();
  reply.head = head_of(response, reply.length, keep_alive);
  if (request.method == "HEAD" || !has_body(response.status)) {
    reply.file = nullptr;
    return reply;
  }
  if (reply.file == nullptr) reply.body = std::move(response.body);
  return reply;
}

Task<Result<void>> send_reply(HttpStream& stream, Reply& reply, std::uint64_t& sent_file_bytes) {
  std::string start = std::move(reply.head);
  start += reply.body;  // one packet for small answers
  Result<void> sent = co_await stream.write_all(as_bytes(start), write_limit);
  if (!sent || reply.file == nullptr) co_return sent;
  Bytes piece;
  while (reply.length > 0) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece_size, reply.length)));
    Result<void> filled = read_exactly(*reply.file, reply.offset, piece);
    if (!filled)
      co_return filled;  // the length was promised: cutting the connection is the only way to say so
    Result<void> written = co_await stream.write_all(piece, write_limit);
    if (!written) co_return written;
    reply.offset += piece.size();
    reply.length -= piece.size();
    sent_file_bytes += piece.size();
  }
  co_return Result<void>();
}

}  // namespace dunlin
