#pragma once
#include <memory>

#include "applier/boot/boot_scheme.h"

namespace dunlin {

// A scheme's variables in a store of variables: each change is one store().
class SchemeBootControl final : public BootControl {
 public:
  SchemeBootControl(std::string name, std::unique_ptr<BootVariableStore> store,
                    std::unique_ptr<BootScheme> scheme)
      : name_(std::move(name)), store_(std::move(store)), scheme_(std::move(scheme)) {}

  std::string name() const override { return name_; }
  int tries_max() const override { return scheme_->tries_max(); }
  Result<BootFlags> read() override;
  Result<void> mark_unbootable(const std::string& slot) override;
  Result<void> arm(const std::string& slot, int tries) override;
  Result<void> confirm(const std::string& slot) override;
  Result<void> refill(const std::string& slot) override;

 private:
  struct Loaded {
    BootVariables variables;
    BootFlags flags;
  };
  Result<Loaded> load();

  std::string name_;
  std::unique_ptr<BootVariableStore> store_;
  std::unique_ptr<BootScheme> scheme_;
};

}  // namespace dunlin
