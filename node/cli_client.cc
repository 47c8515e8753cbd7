#include "node/cli_client.h"

#include <fmt/format.h>

namespace dunlin {

namespace {

using nlohmann::json;

std::string words_of(const json& answer) {
  if (!answer.is_object() || !answer.contains("error") || !answer["error"].is_string())
    return "no reason given";
  return answer["error"].get<std::string>();
}

}  // namespace

Task<Result<json>> CliClient::get(std::string target) {
  HttpRequest request;
  request.url = "unix:" + socket_ + ":" + target;
  auto answer = co_await ask(std::move(request));
  co_return answer;
}

Task<Result<json>> CliClient::post(std::string target, std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.body = std::move(body);
  request.url = "unix:" + socket_ + ":" + target;
  auto answer = co_await ask(std::move(request));
  co_return answer;
}

Task<Result<json>> CliClient::ask(HttpRequest request) {
  request.idle_limit = std::chrono::seconds(60);
  auto answer = co_await http_.send(std::move(request));
  if (!answer) {
    co_return fail(
        ErrorKind::retry_later,
        fmt::format("no node answers at {}: start it with `systemctl start dunlin-node` or `dunlin-node run "
                    "--config FILE` ({})",
                    socket_, answer.error().message));
  }
  json body = json::parse(as_text(answer->body), nullptr, false);
  if (answer->status != 200) co_return fail(ErrorKind::usage, words_of(body));
  if (body.is_discarded())
    co_return fail(ErrorKind::device,
                   "the node's answer cannot be read: is " + socket_ + " really a node's socket?");
  co_return body;
}

}  // namespace dunlin
