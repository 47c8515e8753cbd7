#pragma once
#include "node/update_driver.h"
#include "swarm/http_server.h"

namespace dunlin {

// The node's HTTP interface on a Unix socket (docs/node.md). Who may open the socket file may use all of it.
class LocalApi {
 public:
  // `applier` is not the driver's: the driver may hold its own for minutes.
  LocalApi(UpdateDriver& driver, ApplierPort& applier) : driver_(driver), applier_(applier) {}

  // The handler for HttpServer; this object must outlive the server.
  HttpHandler handler();

 private:
  Task<ServerResponse> answer(ServerRequest request);
  Task<ServerResponse> answer_at_once(ServerRequest request);
  ServerResponse answer_get(const ServerRequest& request);
  ServerResponse answer_post(const ServerRequest& request);
  Task<ServerResponse> confirm();
  Task<ServerResponse> roll_back();
  Task<ServerResponse> install(ServerRequest request);
  ServerResponse events(const ServerRequest& request);

  UpdateDriver& driver_;
  ApplierPort& applier_;
};

}  // namespace dunlin
