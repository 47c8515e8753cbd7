#include "swarm/network_interfaces.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace dunlin {

namespace {

std::string to_text(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* raw = address.sa_family == AF_INET
                        ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr)
                        : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  return ::inet_ntop(address.sa_family, raw, text.data(), text.size()) ? text.data() : "";
}

}  // namespace

std::vector<InterfaceAddress> network_interfaces() {
  std::vector<InterfaceAddress> out;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return out;
  for (const ifaddrs* each = first; each; each = each->ifa_next) {
    if (!each->ifa_addr || (each->ifa_flags & IFF_UP) == 0) continue;
    const int family = each->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    InterfaceAddress entry;
    entry.index = ::if_nametoindex(each->ifa_name);
    entry.name = each->ifa_name;
    entry.address = to_text(*each->ifa_addr);
    entry.is_v6 = family == AF_INET6;
    entry.can_multicast = (each->ifa_flags & IFF_MULTICAST) != 0;
    entry.is_loopback = (each->ifa_flags & IFF_LOOPBACK) != 0;
    out.push_back(std::move(entry));
  }
  ::freeifaddrs(first);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace dunlin
