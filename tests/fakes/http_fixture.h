#pragma once
// Real sockets on loopback: a server and a client on one event loop, and a way to run one coroutine
// to its end with a deadline.
#include <gtest/gtest.h>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/base/disk.h"
#include "swarm/http_client.h"
#include "swarm/http_server.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

// Runs the loop until `task` has its value; fails the test after 20 s.
template <class T>
T run_task(asio::io_context& io, Task<T> task) {
  std::optional<T> value;
  asio::co_spawn(io, std::move(task), [&value](std::exception_ptr failure, T result) {
    if (failure) std::rethrow_exception(failure);
    value.emplace(std::move(result));
  });
  io.restart();
  const SystemClock clock;
  const SteadyTime end = clock.steady() + std::chrono::seconds(20);
  while (!value.has_value() && clock.steady() < end) io.run_one_for(std::chrono::milliseconds(200));
  CHECK(value.has_value());
  return std::move(*value);
}

inline HttpRequest get(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

inline std::string text_of(const Result<HttpResponse>& response) {
  return response ? std::string(as_text(response->body)) : "failed: " + response.error().message;
}

}  // namespace dunlin
