#include "tests/crash/crash_operator.h"

#include "applier/client/slot_writer.h"
#include "tests/crash/releases.h"

namespace dunlin {

namespace {

constexpr const char* checkpoint_file = "/node/checkpoint";
constexpr std::size_t first_part = 8'192;
constexpr std::size_t second_part = 14'000;  // inside a block: the next part writes it again

}  // namespace

const ApplierStatus& CrashOperator::status() {
  if (!status_) status_ = applier_.status();
  return *status_;
}

Applier& CrashOperator::ask() {
  status_.reset();
  return applier_;
}

bool CrashOperator::carry_on() {
  while (steps_done_ < story_.steps.size()) {
    if (carry_out(story_.steps[steps_done_]) == Progress::later) return false;
    ++steps_done_;
  }
  if (!status().problem.empty()) complaint_ = status().problem;
  // What a cut brought forward without anybody asking: a trial that is armed is tried.
  if (status().install == "staged") {
    reboot();
    return false;
  }
  return complaint_.empty();
}

CrashOperator::Progress CrashOperator::carry_out(const Step& step) {
  switch (step.kind) {
    case Step::Kind::install:
    case Step::Kind::stage:
      return install(step);
    case Step::Kind::write_half:
      return write_half(step);
    case Step::Kind::take_back:
      return take_back();
    case Step::Kind::roll_back:
      return roll_back();
  }
  return Progress::later;
}

// The version runs and is confirmed, or its trial failed.
bool CrashOperator::is_over(const std::string& version) {
  const std::optional<TrialReport>& trial = status().trial;
  if (trial && trial->version == version && trial->verdict == "failed") return true;
  const auto runs = [&](const SlotReport& slot) {
    return slot.booted && slot.state == "confirmed" && version_in(medium_, "/slot-" + slot.name) == version;
  };
  return std::any_of(status().slots.begin(), status().slots.end(), runs);
}

CrashOperator::Progress CrashOperator::install(const Step& step) {
  if (is_over(step.version)) return Progress::done;
  if (status().install != "staged" && !write_and_commit(step.version)) return Progress::later;
  return step.kind == Step::Kind::stage ? Progress::done : reboot();
}

CrashOperator::Progress CrashOperator::write_half(const Step& step) {
  Result<SpareSlot> slot = ask().begin_install(install_request(step.version));
  if (!slot) {
    complaint_ = "begin_install: " + slot.error().message;
    return Progress::later;
  }
  const bool written = set_checkpoint(step.version, 0) && write(*slot, step.version, 0, first_part) &&
                       write(*slot, step.version, first_part, second_part);
  return written ? Progress::done : Progress::later;
}

bool CrashOperator::write_and_commit(const std::string& version) {
  Result<SpareSlot> slot = ask().begin_install(install_request(version));
  if (!slot) {
    complaint_ = "begin_install: " + slot.error().message;
    return false;
  }
  const std::size_t done = checkpoint(version);
  if (done == 0 && !set_checkpoint(version, 0)) return false;
  const std::size_t size = image_of(version).size();
  for (const auto& [begin, end] :
       {std::pair<std::size_t, std::size_t>{0, first_part}, {first_part, second_part}, {second_part, size}})
    if (begin >= done && !write(*slot, version, begin, end)) return false;
  return is_good(ask().commit_install({}), "commit_install");
}

// Durable before it is remembered; the part in two writes, as segments come.
bool CrashOperator::write(SpareSlot& slot, const std::string& version, std::size_t begin, std::size_t end) {
  const ByteView part = ByteView(image_of(version)).subspan(begin, end - begin);
  SlotWriter writer(*slot.file);
  const std::size_t half = part.size() / 2;
  return is_good(writer.write(begin, part.first(half)), "writing the slot") &&
         is_good(writer.write(begin + half, part.subspan(half)), "writing the slot") &&
         is_good(writer.sync(), "syncing the slot") && set_checkpoint(version, end);
}

std::size_t CrashOperator::checkpoint(const std::string& version) {
  Result<std::string> text = read_text(disk_, checkpoint_file, 100);
  if (!text || !text->starts_with(version + " ")) return 0;
  return std::stoul(text->substr(version.size() + 1));
}

bool CrashOperator::set_checkpoint(const std::string& version, std::size_t bytes) {
  const std::string text = version + " " + std::to_string(bytes);
  return is_good(write_file_atomically(disk_, checkpoint_file, as_bytes(text)), "keeping the checkpoint");
}

CrashOperator::Progress CrashOperator::take_back() {
  return is_good(ask().abort_install(), "abort_install") ? Progress::done : Progress::later;
}

CrashOperator::Progress CrashOperator::roll_back() {
  if (version_in(medium_, "/slot-" + booted_) == "1") return Progress::done;
  if (!is_good(ask().rollback(), "rollback")) return Progress::later;
  return reboot();
}

CrashOperator::Progress CrashOperator::reboot() {
  is_good(ask().reboot(), "reboot");
  return Progress::later;
}

bool CrashOperator::is_good(const Result<void>& result, const char* what) {
  if (!result) complaint_ = std::string(what) + ": " + result.error().message;
  return result.has_value();
}

}  // namespace dunlin
