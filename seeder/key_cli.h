#pragma once
#include <CLI/App.hpp>

#include "seeder/key_commands.h"

namespace dunlin {

// The command line of `key …`. Outlives the parsing.
class KeyCli {
 public:
  // `passphrase_file` takes what --passphrase-file says.
  KeyCli(CLI::App& app, std::string& passphrase_file);

  // Runs the subcommand that was parsed; nothing when it was none of these.
  std::optional<int> run(SeederMachine machine) const;

 private:
  CLI::App* add(const char* name, const char* what, std::string& passphrase_file);
  CLI::App* add_change(KeyChange change, const char* name, const char* what, std::string& passphrase_file);
  void add_changes(std::string& passphrase_file);
  void add_exchanges(std::string& passphrase_file);

  CLI::App* key_ = nullptr;
  KeyMakeOptions make_options_;
  KeyChangeOptions change_options_;
  KeyExchangeOptions exchange_options_;
  std::string directory_;
  bool as_json_ = false;
  CLI::App* make_ = nullptr;
  CLI::App* list_ = nullptr;
  CLI::App* seal_ = nullptr;
  CLI::App* export_ = nullptr;
  CLI::App* sign_ = nullptr;
  CLI::App* import_ = nullptr;
  CLI::App* discard_ = nullptr;
  std::vector<std::pair<KeyChange, CLI::App*>> changes_;
};

}  // namespace dunlin
