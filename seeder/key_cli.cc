#include "seeder/key_cli.h"

#include <CLI/CLI.hpp>

namespace dunlin {

namespace {

constexpr const char* folder_words = "the seeder's folder, made by init";

}  // namespace

CLI::App* KeyCli::add(const char* name, const char* what, std::string& passphrase_file) {
  CLI::App* command = key_->add_subcommand(name, what);
  command->add_option("--passphrase-file", passphrase_file,
                      "passphrase (or PIN) in the first line of a file");
  return command;
}

CLI::App* KeyCli::add_change(KeyChange change, const char* name, const char* what,
                             std::string& passphrase_file) {
  CLI::App* command = add(name, what, passphrase_file);
  command->add_option("--dir", change_options_.directory, folder_words)->required();
  changes_.emplace_back(change, command);
  return command;
}

void KeyCli::add_changes(std::string& passphrase_file) {
  CLI::App* add_one = add_change(KeyChange::add, "add", "give a role one more key", passphrase_file);
  CLI::App* rotate =
      add_change(KeyChange::rotate, "rotate", "replace all keys of a role by new ones", passphrase_file);
  CLI::App* revoke = add_change(KeyChange::revoke, "revoke", "take a key away", passphrase_file);
  CLI::App* threshold =
      add_change(KeyChange::threshold, "threshold", "how many keys of a role must sign", passphrase_file);
  CLI::App* renew = add_change(KeyChange::renew, "renew",
                               "sign root or targets again, unchanged, before they expire", passphrase_file);
  for (CLI::App* command : {add_one, rotate, threshold, renew})
    command->add_option("--role", change_options_.role, "root, targets, snapshot or timestamp")
        ->check(CLI::IsMember({"root", "targets", "snapshot", "timestamp"}))
        ->required();
  for (CLI::App* command : {add_one, rotate, revoke})
    command->add_option("--key", change_options_.key_files,
                        "key file (.pub suffices) of a new key; may be repeated. Default: keys made here");
  for (CLI::App* command : {add_one, rotate})
    command->add_flag("--plain", change_options_.plain, "keys made here are not sealed");
  revoke->add_option("ID", change_options_.revoked, "the key's id, or how it begins")->required();
  threshold->add_option("N", change_options_.threshold, "signatures")->required();
}

void KeyCli::add_exchanges(std::string& passphrase_file) {
  export_ = add("export", "write what waits for signatures to a file", passphrase_file);
  export_->add_option("--dir", exchange_options_.directory, folder_words)->required();
  export_->add_option("-o,--output", exchange_options_.file, "the file to write")->required();
  sign_ = add("sign", "sign such a file; on the machine that has the keys", passphrase_file);
  sign_->add_option("FILE", exchange_options_.file, "what `key export` wrote")->required();
  sign_->add_option("--keys", exchange_options_.keys, "folder of key files")->required();
  sign_->add_option("-o,--output", exchange_options_.output, "the file to write (default: FILE)");
  import_ = add("import", "take signatures back; publishes when all are there", passphrase_file);
  import_->add_option("--dir", exchange_options_.directory, folder_words)->required();
  import_->add_option("FILE", exchange_options_.file, "what `key sign` wrote")->required();
  discard_ = add("discard", "forget the change that waits", passphrase_file);
  discard_->add_option("--dir", directory_, folder_words)->required();
}

KeyCli::KeyCli(CLI::App& app, std::string& passphrase_file) {
  key_ = app.add_subcommand("key", "the keys that sign: make, list, exchange, take away");
  key_->require_subcommand(1);
  make_ = add("make", "make a key file; needs no seeder's folder", passphrase_file);
  make_->add_option("--role", make_options_.role, "root, targets, snapshot or timestamp")
      ->check(CLI::IsMember({"root", "targets", "snapshot", "timestamp"}))
      ->required();
  make_->add_option("--keys", make_options_.folder, "folder for it")->required();
  CLI::Option* token = make_->add_option("--pkcs11", make_options_.token_uri,
                                         "a key that lies on a token: pkcs11:token=NAME;object=NAME");
  make_->add_flag("--plain", make_options_.plain, "not sealed under a passphrase")->excludes(token);
  list_ = add("list", "who signs what, and where the keys are", passphrase_file);
  list_->add_option("--dir", directory_, folder_words)->required();
  list_->add_flag("--json", as_json_, "for programs");
  seal_ = add("seal", "seal plain key files under a passphrase", passphrase_file);
  CLI::Option* seeder = seal_->add_option("--dir", directory_, folder_words);
  seal_->add_option("--keys", make_options_.folder, "any folder of key files")->excludes(seeder);
  add_changes(passphrase_file);
  add_exchanges(passphrase_file);
}

std::optional<int> KeyCli::run(SeederMachine machine) const {
  if (!key_->parsed()) return std::nullopt;
  if (make_->parsed()) return run_key_make(make_options_, machine);
  if (list_->parsed())
    return run_key_list(directory_, as_json_ ? StatusForm::json : StatusForm::text, machine);
  if (seal_->parsed())
    return run_key_seal(directory_.empty() ? make_options_.folder : directory_ + "/keys", machine);
  if (export_->parsed()) return run_key_export(exchange_options_, machine);
  if (sign_->parsed()) return run_key_sign(exchange_options_, machine);
  if (import_->parsed()) return run_key_import(exchange_options_, machine);
  if (discard_->parsed()) return run_key_discard(directory_, machine);
  for (const auto& [change, command] : changes_) {
    if (!command->parsed()) continue;
    KeyChangeOptions options = change_options_;
    options.change = change;
    return run_key_change(options, machine);
  }
  return std::nullopt;
}

}  // namespace dunlin
