// export, sign, import, discard: signatures of keys that are on another machine.
#include <fmt/format.h>

#include "seeder/fleet_store.h"
#include "seeder/key_commands.h"
#include "seeder/pending_change.h"
#include "seeder/published_repository.h"
#include "seeder/seeder_lock.h"

namespace dunlin {

namespace {

constexpr std::size_t exchange_size_max = 32 * 1024 * 1024;

Result<SigningRequest> read_exchanged(Disk& disk, const std::string& path) {
  Result<std::string> text = read_text(disk, path, exchange_size_max);
  if (!text) return fail(ErrorKind::usage, text.error().message);
  Result<SigningRequest> request = parse_signing_request(*text);
  if (!request) return fail(std::move(request.error()), path);
  return request;
}

Result<void> write_exchanged(Disk& disk, const std::string& path, const SigningRequest& request) {
  const std::string text = to_json(request);
  return write_file_atomically(disk, path, as_bytes(text));
}

void print_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) fmt::print("{}\n", line);
}

Result<SigningRequest> waiting_request(const SeederPaths& paths, Disk& disk) {
  Result<std::optional<SigningRequest>> waiting = load_pending(paths, disk);
  if (!waiting) return fail(std::move(waiting.error()));
  if (!waiting->has_value()) return fail(ErrorKind::usage, "nothing waits for signatures here");
  return std::move(**waiting);
}

Result<SigningRequest> export_request(const KeyExchangeOptions& options, SeederMachine machine) {
  Result<SeederConfig> config = load_config(options.directory, machine.disk);
  if (!config) return fail(std::move(config.error()));
  Result<SigningRequest> waiting = waiting_request(SeederPaths(options.directory), machine.disk);
  if (!waiting) return waiting;
  Result<void> written = write_exchanged(machine.disk, options.file, *waiting);
  if (!written) return fail(std::move(written.error()));
  return waiting;
}

struct SignedRequest {
  SigningRequest request;
  int added = 0;
};

Result<SignedRequest> sign_request(const KeyExchangeOptions& options, SeederMachine machine) {
  Result<SigningRequest> request = read_exchanged(machine.disk, options.file);
  if (!request) return fail(std::move(request.error()));
  print_lines(describe_changes(*request));
  Result<KeyRing> ring = KeyRing::load(machine.disk, options.keys, machine.passphrases);
  if (!ring) return fail(std::move(ring.error()));
  Result<int> added = add_signatures(*request, *ring);
  if (!added) return fail(std::move(added.error()));
  if (*added == 0)
    return fail(ErrorKind::usage,
                "no key in " + options.keys + " has anything to sign here" +
                    (missing_signatures(*request).empty() ? std::string(": it is complete")
                                                          : ": " + missing_signatures(*request).front()));
  Result<void> written =
      write_exchanged(machine.disk, options.output.empty() ? options.file : options.output, *request);
  if (!written) return fail(std::move(written.error()));
  return SignedRequest{std::move(*request), *added};
}

Result<void> enter_releases(const SeederPaths& paths, const RepositorySigner& signer, SeederMachine machine) {
  Result<FleetStore> store = FleetStore::open(paths.database());
  if (!store) return fail(std::move(store.error()));
  return mend_store(machine.disk, paths, signer, *store, machine.clock.now());
}

// The signatures still missing afterwards.
Result<std::vector<std::string>> import_request(const KeyExchangeOptions& options, SeederMachine machine) {
  Result<SeederConfig> config = load_config(options.directory, machine.disk);
  if (!config) return fail(std::move(config.error()));
  const SeederPaths paths(options.directory);
  Result<SeederLock> lock = SeederLock::take(machine.disk, paths.lock());
  if (!lock) return fail(std::move(lock.error()));
  Result<SigningRequest> waiting = waiting_request(paths, machine.disk);
  if (!waiting) return fail(std::move(waiting.error()));
  Result<SigningRequest> brought = read_exchanged(machine.disk, options.file);
  if (!brought) return fail(std::move(brought.error()));
  Result<int> merged = merge_signatures(*waiting, *brought);
  if (!merged) return fail(std::move(merged.error()), options.file);
  Result<void> saved = save_pending(paths, machine.disk, *waiting);
  if (!saved) return fail(std::move(saved.error()));
  fmt::print("{} new signature(s)\n", *merged);
  Result<RepositorySigner> signer = open_signer(paths, *config, machine.disk, machine.passphrases);
  if (!signer) return fail(std::move(signer.error()));
  Result<bool> finished = finish_pending(paths, machine.disk, *signer, machine.clock.now());
  if (!finished) return fail(std::move(finished.error()));
  if (!*finished) return missing_signatures(*waiting);
  Result<void> entered = enter_releases(paths, *signer, machine);
  if (!entered)
    return fail(std::move(entered.error()), "it is published, but the database could not be updated");
  return std::vector<std::string>();
}

Result<void> discard_request(const std::string& directory, SeederMachine machine) {
  Result<SeederConfig> config = load_config(directory, machine.disk);
  if (!config) return fail(std::move(config.error()));
  const SeederPaths paths(directory);
  Result<SeederLock> lock = SeederLock::take(machine.disk, paths.lock());
  if (!lock) return fail(std::move(lock.error()));
  return discard_pending(paths, machine.disk);
}

}  // namespace

int run_key_export(const KeyExchangeOptions& options, SeederMachine machine) {
  Result<SigningRequest> exported = export_request(options, machine);
  if (!exported) return report_failure(exported.error());
  print_lines(describe_changes(*exported));
  print_lines(missing_signatures(*exported));
  fmt::print("written to {}\n", options.file);
  return 0;
}

int run_key_sign(const KeyExchangeOptions& options, SeederMachine machine) {
  Result<SignedRequest> done = sign_request(options, machine);
  if (!done) return report_failure(done.error());
  fmt::print("{} signature(s) added\n", done->added);
  print_lines(missing_signatures(done->request));
  return 0;
}

int run_key_import(const KeyExchangeOptions& options, SeederMachine machine) {
  Result<std::vector<std::string>> missing = import_request(options, machine);
  if (!missing) return report_failure(missing.error());
  print_lines(*missing);
  if (!missing->empty()) return exit_code_waiting;
  fmt::print("published; devices follow at their next check\n");
  return 0;
}

int run_key_discard(const std::string& directory, SeederMachine machine) {
  Result<void> discarded = discard_request(directory, machine);
  if (!discarded) return report_failure(discarded.error());
  fmt::print("nothing waits for signatures any more\n");
  return 0;
}

}  // namespace dunlin
