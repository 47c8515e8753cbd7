#pragma once
#include "applier/applier.h"
#include "tests/crash/story.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

// Plays the node and the people behind it in one boot: asks the applier for what is due of the story, writes
// the slot as the node does, with checkpoints in a file of its own after each sync, and orders the reboot.
class CrashOperator {
 public:
  // `medium` only tells which version a slot holds; everything else goes through `disk`.
  CrashOperator(const Story& story, std::size_t steps_done, const FakeDisk& medium, Disk& disk,
                Applier& applier, std::string booted)
      : story_(story),
        steps_done_(steps_done),
        medium_(medium),
        disk_(disk),
        applier_(applier),
        booted_(std::move(booted)) {}

  // True when nothing is left to do, now or after a reboot. Otherwise a reboot was ordered, the power went,
  // or complaint() says what was refused.
  bool carry_on();

  std::size_t steps_done() const { return steps_done_; }
  const std::string& complaint() const { return complaint_; }

 private:
  enum class Progress { done, later };

  // The applier's status since the last thing that was asked of it.
  const ApplierStatus& status();
  Applier& ask();

  Progress carry_out(const Step& step);
  Progress install(const Step& step);
  Progress write_half(const Step& step);
  Progress take_back();
  Progress roll_back();
  Progress reboot();
  bool write_and_commit(const std::string& version);
  bool write(SpareSlot& slot, const std::string& version, std::size_t begin, std::size_t end);
  std::size_t checkpoint(const std::string& version);
  bool set_checkpoint(const std::string& version, std::size_t bytes);
  bool is_good(const Result<void>& result, const char* what);
  bool is_over(const std::string& version);

  const Story& story_;
  std::size_t steps_done_;
  const FakeDisk& medium_;
  Disk& disk_;
  Applier& applier_;
  std::string booted_;
  std::string complaint_;
  std::optional<ApplierStatus> status_;
};

}  // namespace dunlin
