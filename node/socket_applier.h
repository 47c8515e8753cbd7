#pragma once
#include "node/applier_port.h"

namespace dunlin {

// The real applier behind its socket: every call runs on the pool.
class SocketApplier final : public ApplierPort {
 public:
  SocketApplier(asio::io_context& io, asio::thread_pool& pool, const std::string& socket_path)
      : io_(io), pool_(pool), client_(socket_path) {}

  Task<Result<ApplierStatus>> status() override;
  Task<Result<std::unique_ptr<File>>> open_booted_slot() override;
  Task<Result<std::unique_ptr<File>>> open_slot(std::string name) override;
  Task<Result<SpareSlot>> begin_install(InstallRequest request) override;
  Task<Result<void>> commit_install(ReadBackProgress on_progress) override;
  Task<Result<void>> reboot() override;
  Task<Result<void>> confirm() override;
  Task<Result<void>> rollback() override;

 private:
  asio::io_context& io_;
  asio::thread_pool& pool_;
  ApplierClient client_;
};

}  // namespace dunlin
