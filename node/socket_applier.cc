#include "node/socket_applier.h"

namespace dunlin {

namespace {

const SlotReport* find_slot(const ApplierStatus& status, bool booted) {
  for (const SlotReport& slot : status.slots) {
    if (slot.booted == booted) return &slot;
  }
  return nullptr;
}

}  // namespace

const SlotReport* booted_slot(const ApplierStatus& status) {
  return find_slot(status, true);
}

const SlotReport* spare_slot(const ApplierStatus& status) {
  return find_slot(status, false);
}

Task<Result<ApplierStatus>> SocketApplier::status() {
  auto job = [this] { return client_.status(); };
  auto answer = co_await offload(io_, pool_, std::move(job));
  co_return answer;
}

Task<Result<std::unique_ptr<File>>> SocketApplier::open_booted_slot() {
  auto job = [this] { return client_.open_booted_slot(); };
  auto answer = co_await offload(io_, pool_, std::move(job));
  co_return answer;
}

Task<Result<std::unique_ptr<File>>> SocketApplier::open_slot(std::string name) {
  auto job = [this, name] { return client_.open_slot(name); };
  auto answer = co_await offload(io_, pool_, std::move(job));
  co_return answer;
}

Task<Result<SpareSlot>> SocketApplier::begin_install(InstallRequest request) {
  auto shared = std::make_shared<const InstallRequest>(std::move(request));
  auto job = [this, shared] { return client_.begin_install(*shared); };
  auto answer = co_await offload(io_, pool_, std::move(job));
  co_return answer;
}

Task<Result<void>> SocketApplier::commit_install(ReadBackProgress on_progress) {
  auto report = [this, on_progress](std::uint64_t done, std::uint64_t total) {
    asio::post(io_, [on_progress, done, total] { on_progress(done, total); });
  };
  auto job = [this, report] { return client_.commit_install(report); };
  auto answer = co_await offload(io_, pool_, std::move(job));
  co_return answer;
}

Task<Result<void>> SocketApplier::reboot() {
  auto job = [this] { return client_.reboot(); };
  auto answer = co_await offload(io_, pool_, std::move(job));
  co_return answer;
}

Task<Result<void>> SocketApplier::confirm() {
  auto job = [this] { return client_.confirm(); };
  auto answer = co_await offload(io_, pool_, std::move(job));
  co_return answer;
}

Task<Result<void>> SocketApplier::rollback() {
  auto job = [this] { return client_.rollback(); };
  auto answer = co_await offload(io_, pool_, std::move(job));
  co_return answer;
}

}  // namespace dunlin
