#include "tests/firmware/script_program.h"

#include "applier/boot/script_boot_control.h"
#include "tests/firmware/uboot_dunlin.h"

namespace dunlin {

namespace {

const std::vector<BootSlot> script_slots{{"a", "a"}, {"b", "b"}};

// The program, played in this process.
class ScriptProgram final : public ProcessRunner {
 public:
  explicit ScriptProgram(Disk& disk) : control_(uboot_dunlin_world().control(disk)) {}

  Result<ProcessOutcome> run(const ProcessSpec& spec) override {
    ProcessOutcome outcome;
    outcome.exit_code = play({spec.argv.begin() + 1, spec.argv.end()}, outcome.output) ? 0 : 1;
    return outcome;
  }

 private:
  bool play(const std::vector<std::string>& words, std::string& output) {
    if (words[0] == "unbootable") return control_->mark_unbootable(words[1]).has_value();
    if (words[0] == "arm") return control_->arm(words[1], std::stoi(words[2])).has_value();
    if (words[0] == "confirm") return control_->confirm(words[1]).has_value();
    if (words[0] == "refill") return control_->refill(words[1]).has_value();
    Result<BootFlags> flags = control_->read();
    if (flags) output = to_text(*flags, script_slots);
    return flags.has_value();
  }

  std::unique_ptr<BootControl> control_;
};

// The backend, and the program it starts.
class ScriptWorldControl final : public BootControl {
 public:
  explicit ScriptWorldControl(Disk& disk) : program_(disk) {}

  std::string name() const override { return control_.name(); }
  int tries_max() const override { return control_.tries_max(); }
  Result<BootFlags> read() override { return control_.read(); }
  Result<void> mark_unbootable(const std::string& slot) override { return control_.mark_unbootable(slot); }
  Result<void> arm(const std::string& slot, int tries) override { return control_.arm(slot, tries); }
  Result<void> confirm(const std::string& slot) override { return control_.confirm(slot); }
  Result<void> refill(const std::string& slot) override { return control_.refill(slot); }

 private:
  ScriptProgram program_;
  ScriptBootControl control_{program_, "/usr/lib/boot-flags", script_slots, 9};
};

}  // namespace

BootWorld script_program_world() {
  BootWorld world = uboot_dunlin_world();
  world.name = "script";
  world.control = [](Disk& disk) { return std::make_unique<ScriptWorldControl>(disk); };
  return world;
}

}  // namespace dunlin
