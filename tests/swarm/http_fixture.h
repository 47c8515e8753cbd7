#pragma once
// Real sockets on loopback: a server and a client on one event loop, a temporary folder, and a way to run one
// coroutine to its end with a deadline.
#include <filesystem>
#include <stdlib.h>

#include <gtest/gtest.h>

#include "core/base/check.h"
#include "core/base/disk.h"
#include "swarm/http_client.h"
#include "swarm/http_server.h"

namespace dunlin {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "dunlin-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

  std::string write(const std::string& name, const std::string& text) const {
    PosixDisk disk;
    const std::string path = path_ + "/" + name;
    CHECK(disk.create_directories(std::filesystem::path(path).parent_path().string()).has_value());
    CHECK(write_file_atomically(disk, path, as_bytes(text)).has_value());
    return path;
  }

 private:
  std::string path_;
};

// Runs the loop until `task` has its value; fails the test after 20 s.
template <class T>
T run_task(asio::io_context& io, Task<T> task) {
  std::optional<T> value;
  asio::co_spawn(io, std::move(task), [&value](std::exception_ptr failure, T result) {
    if (failure) std::rethrow_exception(failure);
    value.emplace(std::move(result));
  });
  io.restart();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!value.has_value() && std::chrono::steady_clock::now() < end)
    io.run_one_for(std::chrono::milliseconds(200));
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
