#include "node/local_api.h"

#include <charconv>

#include <nlohmann/json.hpp>

#include "node/status_json.h"

namespace dunlin {

namespace {

using nlohmann::json;

constexpr int events_per_answer = 200;

std::string one_field(const char* name, std::string_view text) {
  return json({{name, text}}).dump(-1, ' ', false, json::error_handler_t::replace);
}

ServerResponse accepted(std::string_view text) {
  ServerResponse response;
  response.body = one_field("text", text);
  return response;
}

ServerResponse refused(int status, std::string_view text) {
  ServerResponse response;
  response.status = status;
  response.body = one_field("error", text);
  return response;
}

ServerResponse refused(const Error& error) {
  const bool is_about_request = error.kind == ErrorKind::usage || error.kind == ErrorKind::bad_image;
  return refused(is_about_request ? 409 : error.kind == ErrorKind::retry_later ? 503 : 500, error.message);
}

}  // namespace

HttpHandler LocalApi::handler() {
  return [this](ServerRequest request) { return answer(std::move(request)); };
}

Task<ServerResponse> LocalApi::answer(ServerRequest request) {
  if (request.method == "POST" && request.path == "/v1/confirm") return confirm();
  if (request.method == "POST" && request.path == "/v1/rollback") return roll_back();
  if (request.method == "POST" && request.path == "/v1/install") return install(std::move(request));
  return answer_at_once(std::move(request));
}

Task<ServerResponse> LocalApi::answer_at_once(ServerRequest request) {
  if (request.method == "GET") co_return answer_get(request);
  if (request.method == "POST") co_return answer_post(request);
  co_return refused(405, "only GET and POST are answered here");
}

ServerResponse LocalApi::answer_get(const ServerRequest& request) {
  const NodeContext& context = driver_.context();
  context.live.metadata = context.repository.moved();
  ServerResponse response;
  if (request.path == "/v1/status") {
    response.body = status_json(driver_.live(), context.config, context.clock.now());
  } else if (request.path == "/v1/events") {
    response = events(request);
  } else if (request.path == "/metrics") {
    response.content_type = "text/plain; version=0.0.4";
    response.body = metrics_text(driver_.live(), context.config);
  } else {
    response = refused(404, "unknown path " + request.path + "; try /v1/status, /v1/events or /metrics");
  }
  return response;
}

ServerResponse LocalApi::events(const ServerRequest& request) {
  std::int64_t after = 0;
  const auto given = request.query.find("after");
  if (given != request.query.end()) {
    const std::string& text = given->second;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), after);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || after < 0)
      return refused(400, "`after` must be the id of an event");
  }
  Result<std::vector<NodeEvent>> found = driver_.context().store.events(after, events_per_answer);
  if (!found) return refused(found.error());
  ServerResponse response;
  response.body = events_json(*found);
  return response;
}

ServerResponse LocalApi::answer_post(const ServerRequest& request) {
  if (request.path == "/v1/check") return accepted(driver_.ask_check());
  if (request.path == "/v1/update") return accepted(driver_.ask_update());
  if (request.path == "/v1/reboot") {
    Result<std::string> asked = driver_.ask_reboot();
    return asked ? accepted(*asked) : refused(asked.error());
  }
  return refused(404, "unknown path " + request.path);
}

Task<ServerResponse> LocalApi::confirm() {
  auto confirmed = co_await applier_.confirm();
  if (!confirmed) co_return refused(confirmed.error());
  co_return accepted("the trial is confirmed");
}

// The body is {"path": "/media/stick/edge.bundle"}.
Task<ServerResponse> LocalApi::install(ServerRequest request) {
  const json body = json::parse(request.body, nullptr, false);
  const bool is_understood = body.is_object() && body.contains("path") && body["path"].is_string();
  if (!is_understood) co_return refused(400, "the body must be {\"path\": \"/where/the/bundle/is\"}");
  std::string path = body["path"].get<std::string>();
  auto status = co_await applier_.status();
  if (!status) co_return refused(status.error());
  auto taken = co_await driver_.install(std::move(path), std::move(*status));
  if (!taken) co_return refused(taken.error());
  co_return accepted(*taken);
}

Task<ServerResponse> LocalApi::roll_back() {
  auto done = co_await applier_.rollback();
  if (!done) co_return refused(done.error());
  Result<void> noted = driver_.note_rollback();
  if (!noted) co_return refused(noted.error());
  co_return accepted("the other slot boots next; reboot the device to go there");
}

}  // namespace dunlin
