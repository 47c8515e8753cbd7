#pragma once
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "core/base/result.h"

namespace dunlin {

// Who is at the other end of a Unix socket, as the kernel noted it when they connected (unix(7): SO_PEERCRED,
// SO_PEERGROUPS). What became of the process since does not count.
struct Peer {
  pid_t pid = 0;
  uid_t user = 0;
  std::vector<gid_t> groups;  // its group and its supplementary ones
};

// device when the kernel does not say.
Result<Peer> peer_of(int socket);

// Who may speak to the applier: its own user (root) and members of `group`. The socket's mode says the same;
// this holds whatever became of that file.
struct PeerRights {
  uid_t own_user = 0;
  gid_t group = 0;

  // usage, with the user's number, when this one may not.
  Result<void> check(const Peer& peer) const;
};

// The rights for this configuration's socket_group; an empty one is the process's own group. usage: the group
// does not exist here.
Result<PeerRights> peer_rights(const std::string& socket_group);

}  // namespace dunlin
