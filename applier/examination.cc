#include "applier/examination.h"

#include <algorithm>

#include "applier/trial_table.h"

namespace dunlin {

namespace {

constexpr std::uint64_t space_min = 1u << 20;  // the state, metadata and a boot file's first block

Finding warn(std::string check, std::string text, std::string advice) {
  return {FindingLevel::warning, std::move(check), std::move(text), std::move(advice)};
}

Finding wrong(std::string check, std::string text, std::string advice) {
  return {FindingLevel::wrong, std::move(check), std::move(text), std::move(advice)};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Finding examine_booted(const DeviceSight& sight) {
  if (sight.booted) return all_well("booted slot", *sight.booted);
  return wrong(
      "booted slot", sight.command_line_file + " names no configured slot",
      "let the boot loader pass dunlin.slot=NAME (or rauc.slot=NAME) to the kernel, with the name of a "
      "[[slot]] in applier.toml");
}

std::string content_of(const SlotSight& slot) {
  const std::string version = slot.report.version.empty() ? "unknown content" : slot.report.version;
  return slot.report.state + ", " + version + ", " + std::to_string(slot.report.capacity >> 20) + " MiB" +
         (slot.report.booted ? ", runs now" : "");
}

// The largest image that is known to be needed here.
std::uint64_t image_size_max(const DeviceSight& sight) {
  std::uint64_t size = 0;
  for (const SlotSight& slot : sight.slots) size = std::max(size, slot.report.image_size);
  return size;
}

// What went wrong there names the slot as well.
std::string without_name(const std::string& message, const std::string& check) {
  return message.starts_with(check + ": ") ? message.substr(check.size() + 2) : message;
}

Finding examine_slot(const SlotSight& slot, const DeviceSight& sight) {
  const std::string check = "slot " + slot.report.name;
  if (!slot.error.empty())
    return wrong(
        check, without_name(slot.error, check),
        "look whether the partition is there (lsblk), or correct `device` of this slot in applier.toml");
  if (slot.in_use)
    return wrong(check, slot.in_use_reason, "unmount it, or correct `device` of this slot in applier.toml");
  if (slot.report.capacity < image_size_max(sight))
    return wrong(check,
                 content_of(slot) + ", but the other slot holds an image of " +
                     std::to_string(image_size_max(sight)) + " bytes",
                 "slots must have the same size: repartition, or correct `device` in applier.toml");
  if (slot.report.state == "unbootable" && !slot.report.booted && sight.install != "writing")
    return warn(check, content_of(slot) + ": there is nothing to fall back to",
                "the next update fills it; `dunlin-node check` asks for one");
  if (slot.report.version.empty() && slot.report.booted)
    return warn(check,
                content_of(slot) + ": nobody noted what it holds, so the first update needs a full pack",
                "run `dunlin-applier --config FILE --record " + slot.report.name +
                    " VERSION IMAGE_SIZE` while the service is stopped");
  return all_well(check, content_of(slot));
}

Finding examine_flags(const DeviceSight& sight) {
  const std::string check = "boot flags";
  if (!sight.flags)
    return wrong(
        check, sight.flags_error,
        "nothing is installed before they can be read: correct [boot_control] in applier.toml, or write "
        "them anew with the boot loader's own tool (docs/boot-control.md)");
  const std::string text = sight.boot_control + ", the next restart boots " +
                           (sight.flags->next.empty() ? "nothing" : sight.flags->next);
  if (sight.flags->next.empty())
    return wrong(check, text, "write the boot loader's variables anew before the device restarts");
  if (!sight.booted) return all_well(check, text);
  const bool is_awaited = sight.install == "staged" || sight.flags->next == *sight.booted;
  if (!is_awaited)
    return warn(
        check, text + ", though nothing is staged and " + *sight.booted + " runs",
        "somebody else changed them, or a rollback waits for its restart: `dunlin-node status` has the "
        "story");
  if (!sight.flags->of(*sight.booted).enabled)
    return wrong(check, text + "; the slot that runs is marked unbootable",
                 "`dunlin-node rollback` or a restart leaves it; look for the reason under last trial");
  return all_well(check, text);
}

Finding examine_copies(const DeviceSight& sight) {
  const std::string check = "copies of the boot flags";
  if (sight.flags->damage.empty()) return all_well(check, "as many as there are to be are good");
  return warn(check, "one is damaged, the other counts: " + sight.flags->damage,
              "the next update writes it anew; if it is damaged again after that, the medium is failing");
}

Finding examine_tries(const DeviceSight& sight) {
  const std::string check = "power cuts in a trial";
  const std::string tries = std::to_string(sight.tries) + (sight.tries == 1 ? " try" : " tries");
  if (sight.tries > quick_cuts_survived)
    return all_well(check, tries + ": " + std::to_string(quick_cuts_survived) +
                               " in a row before the applier starts do not end it");
  if (sight.tries_max > quick_cuts_survived)
    return warn(
        check, tries + ": as many in a row before the applier starts bring back the old release",
        "set `tries = " + std::to_string(quick_cuts_survived + 1) + "` under [boot_control] in applier.toml");
  return warn(check,
              tries +
                  " is all that this boot loader counts: after as many the old release starts, and tries "
                  "the new one again, at most 3 times",
              "nothing is lost by that but time; a boot script that counts (docs/boot-control.md, schemes) "
              "stays with the new release");
}

Finding examine_trial(const DeviceSight& sight) {
  const std::string check = "last trial";
  if (!sight.trial) return all_well(check, sight.install == "staged" ? "waits for the restart" : "none");
  const std::string text = sight.trial->version + " " + sight.trial->verdict;
  if (sight.trial->verdict != "failed") return all_well(check, text);
  const std::string& record = sight.trial->record;
  return warn(check, text + ": " + sight.trial->reason,
              (record.empty() ? "" : "`dunlin-node self-tests` prints " + record + "; ") +
                  "mend the release and publish a newer version; `dunlin-node update` tries this one once "
                  "more");
}

Finding examine_watchdog(const DeviceSight& sight) {
  const std::string check = "watchdog";
  const WatchdogSight& watchdog = sight.watchdog;
  if (watchdog.device.empty())
    return warn(
        check, "none is configured: a release that hangs in its trial hangs until somebody cuts the power",
        "set `watchdog = \"/dev/watchdog\"` under [trial] in applier.toml; `modprobe softdog` is better "
        "than none");
  if (!watchdog.exists)
    return wrong(
        check, watchdog.device + " does not exist: every trial would fail",
        "load the driver of the hardware's watchdog, or correct `watchdog` under [trial] in applier.toml");
  if (watchdog.is_running)
    return all_well(check, watchdog.device + " is petted by somebody else (systemd's RuntimeWatchdogSec), " +
                               std::to_string(watchdog.timeout_s) + " s");
  return all_well(check, watchdog.device + ", " + std::to_string(sight.watchdog_timeout_s) + " s in trials");
}

Finding examine_self_tests(const DeviceSight& sight) {
  const std::string check = "self-tests";
  const SelfTestSight& tests = sight.self_test;
  if (!tests.not_executable.empty())
    return wrong(check, "not executable in " + tests.directory + ": " + joined(tests.not_executable),
                 "every trial would fail: `chmod +x` them, or take them away");
  const bool asks_for_more_than_its_root = tests.built_in.size() > 1;
  if (tests.programs.empty() && !asks_for_more_than_its_root)
    return warn(
        check,
        tests.directory + (tests.exists ? " is empty" : " is not there") + ": a release that starts is good",
        "put programs there that exit 0 when the device does its work, or set `checks` under [trial] in "
        "applier.toml (docs/trial.md)");
  std::vector<std::string> all = tests.built_in;
  all.insert(all.end(), tests.programs.begin(), tests.programs.end());
  return all_well(check, joined(all));
}

Finding examine_panics(const DeviceSight& sight) {
  if (sight.keeps_panics) return all_well("kernel panics", "kept over a restart (pstore)");
  return warn(
      "kernel panics",
      "not kept over a restart: a panic in a trial looks like a power cut, and is tried again",
      "give the kernel a place for them (ramoops, efi-pstore or erst) and mount pstore at /sys/fs/pstore");
}

Finding examine_trust(const DeviceSight& sight) {
  if (sight.trust_error.empty()) return all_well("applier's trust", "root metadata is good");
  return wrong("applier's trust", sight.trust_error,
               "put the root.json of `dunlin-seeder init` where `root_metadata` in applier.toml says");
}

Finding examine_restart(const DeviceSight& sight) {
  if (sight.has_reboot_program) return all_well("restart", sight.reboot_program);
  return wrong("restart", sight.reboot_program + " is not a program here: no release would ever be tried",
               "correct `reboot_command` in applier.toml");
}

Finding examine_space(const std::string& folder, const std::optional<DiskSpace>& space) {
  const std::string check = "space in " + folder;
  if (!space)
    return wrong(check, "the folder cannot be looked at", "make it, or mount the file system that it is on");
  const std::string text = std::to_string(space->free >> 10) + " KiB free";
  if (space->free >= space_min) return all_well(check, text);
  return wrong(check, text, "free some: an install stops before it changes the boot flags");
}

}  // namespace

std::vector<Finding> examine(const DeviceSight& sight) {
  std::vector<Finding> findings{examine_booted(sight)};
  for (const SlotSight& slot : sight.slots) findings.push_back(examine_slot(slot, sight));
  findings.push_back(examine_flags(sight));
  if (sight.flags) findings.push_back(examine_copies(sight));
  findings.push_back(examine_tries(sight));
  findings.push_back(examine_trial(sight));
  findings.push_back(examine_watchdog(sight));
  findings.push_back(examine_self_tests(sight));
  findings.push_back(examine_panics(sight));
  findings.push_back(examine_trust(sight));
  findings.push_back(examine_restart(sight));
  for (const auto& [folder, space] : sight.spaces) findings.push_back(examine_space(folder, space));
  return findings;
}

}  // namespace dunlin
