#pragma once
#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/base/random.h"
#include "core/content/codec_support.h"
#include "node/alarm.h"
#include "node/applier_port.h"
#include "node/journal.h"
#include "node/live_status.h"
#include "node/node_config.h"
#include "node/node_paths.h"
#include "node/node_store.h"
#include "node/repository.h"
#include "node/wan_account.h"
#include "swarm/swarm.h"

namespace dunlin {

// Everything the driver and its steps work with; main.cc chooses the real ones. All outlive the loop's run.
struct NodeContext {
  const NodeConfig& config;
  const NodePaths& paths;
  asio::io_context& io;
  asio::thread_pool& pool;
  Disk& disk;
  const Clock& clock;
  Random& random;
  Alarm& alarm;
  NodeStore& store;
  Journal& journal;
  ApplierPort& applier;
  Repository& repository;
  Swarm& swarm;
  LiveStatus& live;
  const CodecSupport& codecs;
  WanAccount& wan;
};

// What an effect ended with: the next event, and why when it is a failure or a refusal.
struct Outcome {
  Event event = Event::failed;
  std::string text;
};

}  // namespace dunlin
