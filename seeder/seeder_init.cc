#include "seeder/seeder_init.h"

#include <filesystem>
#include <sys/stat.h>

#include "core/base/tls.h"
#include "seeder/fleet_store.h"
#include "swarm/http_url.h"

namespace dunlin {

namespace {

constexpr std::chrono::hours authority_lifetime{24 * 365 * 20};
constexpr std::chrono::hours certificate_lifetime{24 * 365 * 10};

// The mode is set before the first byte, so nobody else ever reads the secret.
Result<void> write_secret(Disk& disk, const std::string& path, const std::string& text) {
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::replace);
  if (!file) return fail(std::move(file.error()));
  if ((*file)->descriptor() >= 0 && ::fchmod((*file)->descriptor(), 0600) != 0)
    return fail_errno(ErrorKind::device, "setting the mode of " + path);
  Result<void> written = (*file)->write_at(0, as_bytes(text));
  if (!written) return written;
  return (*file)->sync();
}

Result<void> make_certificates(const SeederPaths& paths, const SeederConfig& config, Disk& disk,
                               Clock& clock) {
  Result<Url> url = parse_url(config.url);
  if (!url) return fail(std::move(url.error()));
  Result<TlsIdentity> authority =
      make_certificate_authority("dunlin seeder of " + config.product, clock.now() + authority_lifetime);
  if (!authority) return fail(std::move(authority.error()));
  Result<TlsIdentity> server =
      make_server_certificate(*authority, {url->host}, clock.now() + certificate_lifetime);
  if (!server) return fail(std::move(server.error()));
  Result<void> done = disk.create_directories(paths.tls());
  if (done) done = write_secret(disk, paths.authority_key(), authority->key_pem);
  if (done) done = write_secret(disk, paths.server_key(), server->key_pem);
  if (done)
    done = write_file_atomically(disk, paths.authority_certificate(), as_bytes(authority->certificate_pem));
  if (done) done = write_file_atomically(disk, paths.server_certificate(), as_bytes(server->certificate_pem));
  return done;
}

Result<void> make_metadata(const SeederPaths& paths, const SeederConfig& config, Disk& disk, Clock& clock,
                           Passphrases* seal) {
  Result<RepositorySigner> signer = RepositorySigner::create(config.lifetimes, clock.now());
  if (!signer) return fail(std::move(signer.error()));
  Result<void> made = disk.create_directories(paths.keys());
  if (!made) return made;
  Result<void> sealed = seal == nullptr ? Result<void>() : signer->keys().seal(*seal);
  if (!sealed) return sealed;
  Result<void> saved = signer->save_keys(disk, paths.keys());
  if (!saved) return saved;
  Result<std::vector<RepositoryOutput>> outputs = signer->sign_all(clock.now());
  if (!outputs) return fail(std::move(outputs.error()));
  return write_repository(disk, paths.repository(), *outputs);
}

Result<void> make_everything(const SeederPaths& paths, const SeederConfig& config, Disk& disk, Clock& clock,
                             Passphrases* seal) {
  Result<void> done;
  for (const std::string& folder :
       {paths.repository() + "/metadata", paths.repository() + "/targets", paths.repository() + "/packs",
        paths.repository() + "/torrents", paths.images()}) {
    if (done) done = disk.create_directories(folder);
  }
  if (done) done = make_certificates(paths, config, disk, clock);
  if (done) done = make_metadata(paths, config, disk, clock, seal);
  if (!done) return done;
  Result<FleetStore> store = FleetStore::open(paths.database());
  if (!store) return fail(std::move(store.error()));
  return write_file_atomically(disk, paths.config(), as_bytes(to_toml(config)));
}

Result<void> check_empty(const SeederPaths& paths, Disk& disk) {
  Result<FileStatus> status = disk.status(paths.root());
  if (!status) return fail(std::move(status.error()));
  if (status->kind == FileKind::none) return {};
  if (status->kind != FileKind::directory) return fail(ErrorKind::usage, paths.root() + " is not a folder");
  Result<std::vector<std::string>> names = disk.list(paths.root());
  if (!names) return fail(std::move(names.error()));
  const bool is_seeder = std::find(names->begin(), names->end(), "seeder.toml") != names->end();
  if (is_seeder)
    return fail(ErrorKind::usage,
                paths.root() + " is a seeder already; its keys must not be replaced. Choose another folder");
  if (!names->empty()) return fail(ErrorKind::usage, paths.root() + " is not empty; choose a new folder");
  return {};
}

}  // namespace

Result<void> init_seeder(const SeederPaths& paths, const SeederConfig& config, Disk& disk, Clock& clock,
                         Passphrases* seal) {
  Result<void> product = check_product(config.product);
  if (!product) return product;
  Result<void> empty = check_empty(paths, disk);
  if (!empty) return empty;
  Result<void> made = make_everything(paths, config, disk, clock, seal);
  if (made) return made;
  std::error_code ignored;
  for (const std::string& what : {paths.repository(), paths.images(), paths.tls(), paths.keys(),
                                  paths.database(), paths.database() + "-wal", paths.database() + "-shm"}) {
    std::filesystem::remove_all(what, ignored);
  }
  return fail(std::move(made.error()), "making " + paths.root());
}

}  // namespace dunlin
