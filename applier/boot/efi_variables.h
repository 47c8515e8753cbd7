#pragma once
#include <optional>

#include "core/base/disk.h"

namespace dunlin {

// Global variables of UEFI. A change of one variable is one step (UEFI 2.10, 8.2).
class EfiVariables {
 public:
  virtual ~EfiVariables() = default;

  // The data without the attributes; nullopt when there is no such variable.
  virtual Result<std::optional<Bytes>> read(const std::string& name) = 0;
  virtual Result<void> write(const std::string& name, ByteView data) = 0;
  // A variable that is not there is success.
  virtual Result<void> remove(const std::string& name) = 0;
};

// Variables as files of efivarfs, /sys/firmware/efi/efivars: "<name>-<GUID>", four bytes of attributes, data.
// The kernel marks them immutable; that is taken away for the change, and put back.
class EfivarfsVariables final : public EfiVariables {
 public:
  EfivarfsVariables(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}

  Result<std::optional<Bytes>> read(const std::string& name) override;
  Result<void> write(const std::string& name, ByteView data) override;
  Result<void> remove(const std::string& name) override;

 private:
  std::string path(const std::string& name) const;
  Result<bool> is_there(const std::string& name);

  Disk& disk_;
  std::string folder_;
};

}  // namespace dunlin
