#include "core/base/asio.h"

#include <thread>

#include <gtest/gtest.h>

namespace dunlin {

namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;

Task<> offload_into(asio::io_context& io, asio::thread_pool& pool, Result<std::thread::id>& out) {
  auto job = [] { return Result<std::thread::id>(std::this_thread::get_id()); };
  Result<std::thread::id> result = co_await offload(io, pool, std::move(job));
  out = result;
}

Task<> offload_failure(asio::io_context& io, asio::thread_pool& pool, std::string& out) {
  auto job = [] { return Result<int>(fail(ErrorKind::device, "broken")); };
  Result<int> result = co_await offload(io, pool, std::move(job));
  if (!result) out = result.error().message;
}

Task<> throws() {
  throw std::runtime_error("left the coroutine");
  co_return;
}

Task<> wait_into(asio::steady_timer& timer, milliseconds delay, bool& out) {
  const bool passed = co_await wait_for(timer, delay);
  out = passed;
}

struct AcceptOutcome {
  error_code code;
  bool passed = false;
};

Task<> accept_within(tcp::acceptor& acceptor, milliseconds limit, AcceptOutcome& out) {
  Deadline deadline(acceptor, limit);
  tcp::socket socket(acceptor.get_executor());
  co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, out.code));
  deadline.disarm();
  out.passed = deadline.has_passed();
}

}  // namespace

TEST(Asio, OffloadRunsOnThePoolAndResumesOnTheLoop) {
  asio::io_context io;
  asio::thread_pool pool(2);
  Result<std::thread::id> worker;
  auto guard = asio::make_work_guard(io);
  spawn(io, offload_into(io, pool, worker));
  while (worker && *worker == std::thread::id()) io.run_one();
  pool.join();

  ASSERT_TRUE(worker);
  EXPECT_NE(*worker, std::this_thread::get_id());
}

TEST(Asio, OffloadCarriesFailures) {
  asio::io_context io;
  asio::thread_pool pool(1);
  std::string message;
  auto guard = asio::make_work_guard(io);
  spawn(io, offload_failure(io, pool, message));
  while (message.empty()) io.run_one();
  pool.join();

  EXPECT_EQ(message, "broken");
}

TEST(Asio, SpawnLetsExceptionsOut) {
  asio::io_context io;
  spawn(io, throws());

  EXPECT_THROW(io.run(), std::runtime_error);
}

TEST(Asio, WaitForTellsWhetherItWasCancelled) {
  asio::io_context io;
  asio::steady_timer first(io), second(io);
  bool first_passed = false, second_passed = true;
  spawn(io, wait_into(first, milliseconds(1), first_passed));
  spawn(io, wait_into(second, std::chrono::hours(1), second_passed));
  asio::post(io, [&second] { second.cancel(); });

  io.run();

  EXPECT_TRUE(first_passed);
  EXPECT_FALSE(second_passed);
}

TEST(Asio, ADeadlineClosesItsSocket) {
  asio::io_context io;
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  AcceptOutcome outcome;
  spawn(io, accept_within(acceptor, milliseconds(5), outcome));

  io.run();

  EXPECT_EQ(outcome.code, asio::error::operation_aborted);
  EXPECT_TRUE(outcome.passed);
  EXPECT_FALSE(acceptor.is_open());
}

TEST(Asio, ADisarmedDeadlineLeavesItsSocketAlone) {
  asio::io_context io;
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  AcceptOutcome outcome;
  spawn(io, accept_within(acceptor, std::chrono::hours(1), outcome));
  tcp::socket client(io);
  client.connect(acceptor.local_endpoint());

  io.run();

  EXPECT_FALSE(outcome.code);
  EXPECT_FALSE(outcome.passed);
  EXPECT_TRUE(acceptor.is_open());
}

}  // namespace dunlin
