#pragma once
#include "applier/client/applier_client.h"
#include "core/base/asio.h"

namespace dunlin {

// What the node asks of the applier, as coroutines on the loop. Errors are the applier's own, with its kind;
// retry_later when it does not answer. One call at a time.
class ApplierPort {
 public:
  using ReadBackProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;  // on the loop

  virtual ~ApplierPort() = default;
  virtual Task<Result<ApplierStatus>> status() = 0;
  // The booted slot, read only.
  virtual Task<Result<std::unique_ptr<File>>> open_booted_slot() = 0;
  // A confirmed slot, read only; usage when it is not confirmed now.
  virtual Task<Result<std::unique_ptr<File>>> open_slot(std::string name) = 0;
  virtual Task<Result<SpareSlot>> begin_install(InstallRequest request) = 0;
  virtual Task<Result<void>> commit_install(ReadBackProgress on_progress) = 0;
  virtual Task<Result<void>> reboot() = 0;
  virtual Task<Result<void>> confirm() = 0;
  virtual Task<Result<void>> rollback() = 0;
};

// The booted slot of a report; null when the applier names none.
const SlotReport* booted_slot(const ApplierStatus& status);
// The slot an install would go to: the first that is not booted; null when there is none.
const SlotReport* spare_slot(const ApplierStatus& status);

}  // namespace dunlin
