#include "core/base/log.h"
#include "core/base/service_notify.h"
#include "seeder/commands.h"
#include "seeder/seeder_service.h"

namespace dunlin {

namespace {

Task<> stop(SeederService& service, EventLoop& loop) {
  co_await service.shut_down();
  loop.stop();
}

}  // namespace

int run_serve(const std::string& directory, SeederMachine machine) {
  Result<SeederConfig> config = load_config(directory, machine.disk);
  if (!config) return report_failure(config.error());
  EventLoop loop;
  Result<std::unique_ptr<SeederService>> service = SeederService::start(
      SeederPaths(directory), *config,
      ServiceMachine{loop, machine.disk, machine.clock, machine.random, machine.passphrases});
  if (!service) return report_failure(service.error());
  notify_service_manager("READY=1");
  loop.run([&service, &loop] {
    log_info("stopping");
    notify_service_manager("STOPPING=1");
    spawn(loop.io(), stop(**service, loop));
  });
  return 0;
}

}  // namespace dunlin
