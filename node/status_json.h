#pragma once
#include "node/live_status.h"
#include "node/node_config.h"

namespace dunlin {

// What GET /v1/status answers; docs/node.md lists the fields.
std::string status_json(const LiveStatus& live, const NodeConfig& config, WallTime now);
std::string events_json(const std::vector<NodeEvent>& events);
// Prometheus text format 0.0.4.
std::string metrics_text(const LiveStatus& live, const NodeConfig& config);

// "2026-01-31T12:00:00Z"; the API's only form of time.
std::string to_utc(WallTime time);

}  // namespace dunlin
