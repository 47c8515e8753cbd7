// add, rotate, revoke, threshold, renew: each is one edit of the root (or the targets signed again).
#include <algorithm>

#include <fmt/format.h>

#include "seeder/fleet_store.h"
#include "seeder/key_commands.h"
#include "seeder/key_folder.h"
#include "seeder/pending_change.h"
#include "seeder/seeder_lock.h"

namespace dunlin {

namespace {

struct ChangeResult {
  std::vector<std::string> changes;
  std::vector<std::string> missing;  // empty: published
};

std::vector<std::string> ids_of(const RepositorySigner& signer, const std::string& role) {
  const nlohmann::json& roles = signer.root_body()["roles"];
  return roles.contains(role) ? roles[role]["keyids"].get<std::vector<std::string>>()
                              : std::vector<std::string>();
}

// The role and id of the one key that `start` means.
Result<std::pair<std::string, std::string>> find_key(const RepositorySigner& signer,
                                                     const std::string& start) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const char* role : top_level_roles)
    for (const std::string& id : ids_of(signer, role))
      if (!start.empty() && id.starts_with(start)) found.emplace_back(role, id);
  if (found.size() == 1) return found.front();
  return fail(ErrorKind::usage, found.empty() ? "no key of the root begins with " + start
                                              : "several keys begin with " + start + ": give more digits");
}

class KeyChanger {
 public:
  KeyChanger(const KeyChangeOptions& options, const SeederPaths& paths, RepositorySigner& signer,
             SeederMachine machine)
      : options_(options), paths_(paths), signer_(signer), machine_(machine) {}

  Result<SigningRequest> request() {
    const WallTime now = machine_.clock.now();
    if (options_.change == KeyChange::renew && options_.role == "targets") return signer_.next_targets(now);
    Result<RootEdit> edit = make_edit();
    if (!edit) return fail(std::move(edit.error()));
    return signer_.change_root(*edit, now);
  }

 private:
  Result<RootEdit> make_edit() {
    RootEdit edit;
    edit.role = options_.role;
    if (options_.change == KeyChange::revoke) {
      auto found = find_key(signer_, options_.revoked);
      if (!found) return fail(std::move(found.error()));
      edit.role = found->first;
      edit.remove = {found->second};
    }
    if (!is_top_level_role(edit.role)) return edit;  // edit_root says so
    if (options_.change == KeyChange::rotate) edit.remove = ids_of(signer_, edit.role);
    if (options_.change == KeyChange::threshold) edit.threshold = options_.threshold;
    Result<void> added = add_keys(edit);
    if (!added) return fail(std::move(added.error()));
    return edit;
  }

  // Keys that were given; else as many new ones as rotate takes away, or the one that add is to add.
  Result<void> add_keys(RootEdit& edit) {
    for (const std::string& path : options_.key_files) {
      Result<KeyFile> key = read_key_file(machine_.disk, path);
      if (!key) return fail(std::move(key.error()));
      edit.add.push_back(public_half(*key));
    }
    if (!options_.key_files.empty()) return {};
    std::size_t wanted = 0;
    if (options_.change == KeyChange::rotate) wanted = edit.remove.size();
    if (options_.change == KeyChange::add) wanted = 1;
    for (std::size_t i = 0; i < wanted; ++i) {
      Result<KeyFile> key = make_key_in(paths_.keys(), edit.role, options_.plain, machine_);
      if (!key) return fail(std::move(key.error()));
      signer_.keys().add(*key);
      edit.add.push_back(public_half(*key));
    }
    return {};
  }

  const KeyChangeOptions& options_;
  const SeederPaths& paths_;
  RepositorySigner& signer_;
  SeederMachine machine_;
};

Result<ChangeResult> change_keys(const KeyChangeOptions& options, SeederMachine machine) {
  Result<SeederConfig> config = load_config(options.directory, machine.disk);
  if (!config) return fail(std::move(config.error()));
  const SeederPaths paths(options.directory);
  Result<SeederLock> lock = SeederLock::take(machine.disk, paths.lock());
  if (!lock) return fail(std::move(lock.error()));
  Result<void> free = check_nothing_pending(paths, machine.disk);
  if (!free) return fail(std::move(free.error()));
  Result<RepositorySigner> signer = open_signer(paths, *config, machine.disk, machine.passphrases);
  if (!signer) return fail(std::move(signer.error()));
  Result<SigningRequest> request = KeyChanger(options, paths, *signer, machine).request();
  if (!request) return fail(std::move(request.error()));
  Result<int> added = add_signatures(*request, signer->keys());
  if (!added) return fail(std::move(added.error()));
  Result<void> saved = save_pending(paths, machine.disk, *request);
  if (!saved) return fail(std::move(saved.error()));
  ChangeResult result{describe_changes(*request), missing_signatures(*request)};
  if (!result.missing.empty()) return result;
  Result<bool> finished = finish_pending(paths, machine.disk, *signer, machine.clock.now());
  if (finished) return result;
  // Nothing was published and it cannot be: the same change may be tried again another way.
  if (finished.error().kind == ErrorKind::usage) {
    Result<void> discarded = discard_pending(paths, machine.disk);
    if (!discarded) return fail(std::move(discarded.error()));
  }
  return fail(std::move(finished.error()));
}

}  // namespace

int run_key_change(const KeyChangeOptions& options, SeederMachine machine) {
  Result<ChangeResult> result = change_keys(options, machine);
  if (!result) return report_failure(result.error());
  for (const std::string& line : result->changes) fmt::print("{}\n", line);
  if (result->missing.empty()) {
    fmt::print("published; devices follow at their next check\n");
    return 0;
  }
  for (const std::string& line : result->missing) fmt::print("{}\n", line);
  fmt::print(
      "Nothing is published yet. Take it to the keys:\n"
      "  dunlin-seeder key export --dir {0} -o change.json\n"
      "  dunlin-seeder key sign change.json --keys FOLDER     (on the machine that has them)\n"
      "  dunlin-seeder key import --dir {0} change.json\n",
      options.directory);
  return exit_code_waiting;
}

}  // namespace dunlin
