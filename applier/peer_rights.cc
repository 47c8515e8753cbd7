#include "applier/peer_rights.h"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

#include "applier/client/unix_channel.h"

namespace dunlin {

namespace {

constexpr std::size_t groups_max = 65536;  // NGROUPS_MAX

Result<std::vector<gid_t>> supplementary_groups(int socket) {
  std::vector<gid_t> groups(32);
  while (groups.size() <= groups_max) {
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0) {
      groups.resize(size / sizeof(gid_t));
      return groups;
    }
    if (errno != ERANGE) break;
    groups.resize(groups.size() * 4);
  }
  return fail_errno(ErrorKind::device, "asking for the groups of who connected");
}

}  // namespace

Result<Peer> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return fail_errno(ErrorKind::device, "asking who connected");
  Result<std::vector<gid_t>> groups = supplementary_groups(socket);
  if (!groups) return fail(std::move(groups.error()));
  groups->push_back(credentials.gid);
  return Peer{credentials.pid, credentials.uid, std::move(*groups)};
}

Result<void> PeerRights::check(const Peer& peer) const {
  if (peer.user == own_user) return {};
  if (std::find(peer.groups.begin(), peer.groups.end(), group) != peer.groups.end()) return {};
  return fail(ErrorKind::usage, "user " + std::to_string(peer.user) +
                                    " may not speak to dunlin-applier: it is not in the group of its socket");
}

Result<PeerRights> peer_rights(const std::string& socket_group) {
  PeerRights rights{::geteuid(), ::getegid()};
  if (socket_group.empty()) return rights;
  const Result<gid_t> number = socket_group_number(socket_group);
  if (!number) return fail(number.error());
  rights.group = *number;
  return rights;
}

}  // namespace dunlin
