#pragma once
#include <string>

#include <nlohmann/json.hpp>

#include "swarm/http_client.h"

namespace dunlin {

// Asks a running node over its socket.
class CliClient {
 public:
  CliClient(HttpClient& http, std::string socket) : http_(http), socket_(std::move(socket)) {}

  // The JSON of a good answer. usage: the node refused, in its words; retry_later: no node is running, and
  // the message says what to start.
  Task<Result<nlohmann::json>> get(std::string target);
  // `body` is empty or JSON.
  Task<Result<nlohmann::json>> post(std::string target, std::string body);

 private:
  Task<Result<nlohmann::json>> ask(HttpRequest request);

  HttpClient& http_;
  std::string socket_;
};

}  // namespace dunlin
