#include "applier/boot/tryboot_control.h"

#include "applier/boot/medium.h"
#include "core/base/check.h"

namespace dunlin {

namespace {

// What restarts the machine and tells the firmware (reboot(2), LINUX_REBOOT_CMD_RESTART2).
constexpr std::string_view tryboot_parameter = "0 tryboot";

}  // namespace

TrybootControl::TrybootControl(Disk& disk, std::string autoboot, std::string reboot_parameter,
                               std::vector<BootSlot> two_slots)
    : disk_(disk),
      path_(std::move(autoboot)),
      parameter_path_(std::move(reboot_parameter)),
      slots_(std::move(two_slots)) {
  CHECK(slots_.size() == 2);
}

Result<std::string> TrybootControl::load_text() {
  Result<Bytes> bytes = read_from_medium(disk_, path_, autoboot_size);
  if (!bytes) return fail(std::move(bytes.error()));
  return std::string(as_text(*bytes));
}

Result<bool> TrybootControl::is_parameter_set() {
  Result<FileStatus> status = disk_.status(parameter_path_);
  if (!status) return fail(std::move(status.error()));
  if (status->kind == FileKind::none) return false;
  Result<std::string> text = read_text(disk_, parameter_path_, 4096);
  if (!text) return fail(std::move(text.error()));
  return text->substr(0, text->find('\n')) == tryboot_parameter;
}

Result<TrybootControl::State> TrybootControl::load() {
  Result<std::string> text = load_text();
  if (!text) return fail(std::move(text.error()));
  Result<AutobootText> autoboot = parse_autoboot(*text);
  if (!autoboot) return fail(std::move(autoboot.error()), path_);
  State state;
  if (autoboot->partition != partition_of(0) && autoboot->partition != partition_of(1))
    return fail(ErrorKind::device,
                path_ + " boots partition " + std::to_string(autoboot->partition) + ", which is no slot");
  state.current = autoboot->partition == partition_of(0) ? 0 : 1;
  state.other_enabled = autoboot->try_partition == partition_of(1 - state.current);
  Result<bool> set = is_parameter_set();
  if (!set) return fail(std::move(set.error()));
  state.armed = *set && state.other_enabled;
  return state;
}

Result<void> TrybootControl::store_parameter(bool armed) {
  if (!armed) return disk_.remove(parameter_path_);
  Result<void> folder = disk_.create_directories(folder_of(parameter_path_));
  if (!folder) return folder;
  Result<std::unique_ptr<File>> file = disk_.open(parameter_path_, OpenMode::replace);
  if (!file) return fail(std::move(file.error()));
  // In memory: there is nothing to sync.
  return (*file)->write_at(0, as_bytes(std::string(tryboot_parameter) + "\n"));
}

Result<void> TrybootControl::store_autoboot(const State& state) {
  const int current = partition_of(state.current);
  const std::string text =
      to_text({current, state.other_enabled ? partition_of(1 - state.current) : current});
  Result<std::string> before = load_text();
  if (!before) return fail(std::move(before.error()));
  if (*before == text) return {};
  // After the first time it always has the length of a sector.
  Result<void> written = replace_text(disk_, path_, *before, text);
  if (!written) return written;
  Result<std::string> after = load_text();
  if (!after) return fail(std::move(after.error()), "reading autoboot.txt back");
  if (*after != text) return fail(ErrorKind::device, path_ + " did not keep what was written");
  return {};
}

// The parameter is set last and taken back first: until then the firmware takes what [all] says.
Result<void> TrybootControl::store(const State& state) {
  if (!state.armed) {
    Result<void> taken_back = store_parameter(false);
    if (!taken_back) return taken_back;
  }
  Result<void> stored = store_autoboot(state);
  if (!stored || !state.armed) return stored;
  return store_parameter(true);
}

BootFlags TrybootControl::flags_of(const State& state) const {
  BootFlags flags;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const bool is_current = i == state.current;
    flags.slots.push_back(
        {slots_[i].name, is_current || state.other_enabled, is_current || state.armed ? 1 : 0});
  }
  flags.next = slots_[state.armed ? 1 - state.current : state.current].name;
  return flags;
}

Result<BootFlags> TrybootControl::read() {
  Result<State> state = load();
  if (!state) return fail(std::move(state.error()));
  return flags_of(*state);
}

Result<void> TrybootControl::mark_unbootable(const std::string& slot) {
  Result<State> state = load();
  if (!state) return fail(std::move(state.error()));
  Result<void> another = check_another_is_enabled(flags_of(*state), slot);
  if (!another) return another;
  return store({1 - index_of(slot), false, false});
}

Result<void> TrybootControl::arm(const std::string& slot, int tries) {
  CHECK(tries == 1);
  Result<State> state = load();
  if (!state) return fail(std::move(state.error()));
  const std::size_t index = index_of(slot);
  if (index == state->current && !state->other_enabled) return store({index, false, false});
  return store({1 - index, true, true});
}

Result<void> TrybootControl::confirm(const std::string& slot) {
  Result<State> state = load();
  if (!state) return fail(std::move(state.error()));
  const std::size_t index = index_of(slot);
  return store({index, index != state->current || state->other_enabled, false});
}

Result<void> TrybootControl::refill(const std::string&) {
  Result<State> state = load();
  return state ? Result<void>() : fail(std::move(state.error()));
}

}  // namespace dunlin
