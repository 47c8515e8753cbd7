#include "node/cli_options.h"

#include <sstream>

#include <CLI/CLI.hpp>

namespace dunlin {

namespace {

struct Verb {
  CliCommand command;
  const char* name;
  const char* help;
};

constexpr Verb verbs[] = {
    {CliCommand::run, "run", "run the node (what the service does)"},
    {CliCommand::status, "status", "show what the device runs and how far its update is"},
    {CliCommand::check, "check", "ask the repository for a newer release now"},
    {CliCommand::update, "update", "install the newest release, also one that failed here before"},
    {CliCommand::install, "install", "update from a bundle, a file made by `dunlin-seeder bundle`"},
    {CliCommand::confirm, "confirm", "end a running trial well, by hand"},
    {CliCommand::rollback, "rollback", "let the other slot boot next"},
    {CliCommand::reboot, "reboot", "reboot into the staged release"},
    {CliCommand::events, "events", "show what happened on this device"},
    {CliCommand::self_tests, "self-tests", "print what the self-tests of the last trial printed"},
    {CliCommand::doctor, "doctor", "look at the device and say what is wrong and how to mend it"},
};

}  // namespace

CliParse parse_command_line(std::vector<std::string> arguments) {
  CliParse parse;
  CliOptions& options = parse.options;
  CLI::App app("dunlin-node: updates this device and helps its neighbours");
  app.set_version_flag("--version", "dunlin-node 0.1.0");
  app.require_subcommand(1);
  for (const Verb& verb : verbs) {
    CLI::App* sub = app.add_subcommand(verb.name, verb.help);
    sub->callback([&options, &verb] { options.command = verb.command; });
    sub->add_option("--config", options.config, "configuration file")->capture_default_str();
    if (verb.command == CliCommand::run) {
      sub->add_flag("--check-config", options.check_config,
                    "say what is wrong with the configuration, start nothing");
      continue;
    }
    if (verb.command == CliCommand::self_tests) {
      sub->add_flag("--before", options.before, "of the run before the last one");
      continue;
    }
    sub->add_option("--socket", options.socket,
                    "the running node's socket (default: from the configuration)");
    if (verb.command == CliCommand::install)
      sub->add_option("FILE", options.file, "the bundle; the node's user must be able to read it")
          ->required();
    if (verb.command == CliCommand::status) {
      auto* watch = sub->add_flag("--watch", options.watch, "redraw until interrupted");
      sub->add_flag("--json", options.json, "one JSON object")->excludes(watch);
    }
    if (verb.command == CliCommand::doctor) sub->add_flag("--json", options.json, "one JSON object");
    if (verb.command == CliCommand::events) {
      sub->add_flag("--follow", options.follow, "wait for more");
      sub->add_flag("--json", options.json, "one JSON object a line");
    }
  }
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the end
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    parse.stop = true;
    parse.exit_code = app.exit(error, out, out) == 0 ? 0 : 2;
    parse.output = out.str();
  }
  return parse;
}

}  // namespace dunlin
