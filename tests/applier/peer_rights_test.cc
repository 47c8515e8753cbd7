#include "applier/peer_rights.h"

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "applier/client/unix_channel.h"

namespace dunlin {

TEST(PeerRights, AreOfTheOwnUserAndOfMembersOfTheGroup) {
  const PeerRights rights{0, 77};

  EXPECT_TRUE(rights.check({1, 0, {5}}));
  EXPECT_TRUE(rights.check({1, 1000, {77}}));
  EXPECT_TRUE(rights.check({1, 1000, {1000, 4, 77}})) << "a supplementary group counts";
  EXPECT_FALSE(rights.check({1, 1000, {}}));
  Result<void> stranger = rights.check({1, 1000, {1000, 4}});
  ASSERT_FALSE(stranger);
  EXPECT_NE(stranger.error().message.find("user 1000"), std::string::npos);
}

TEST(PeerRights, NameAGroupThatIsNotThere) {
  Result<PeerRights> rights = peer_rights("no-such-group");

  ASSERT_FALSE(rights);
  EXPECT_NE(rights.error().message.find("no-such-group"), std::string::npos);
}

TEST(PeerRights, WithoutAConfiguredGroupAreOfTheProcessesOwn) {
  EXPECT_EQ(peer_rights("")->group, ::getegid());
}

TEST(PeerOf, SaysWhoIsAtTheOtherEnd) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const Descriptor left(ends[0]);
  const Descriptor right(ends[1]);

  Result<Peer> peer = peer_of(left.number());

  ASSERT_TRUE(peer) << peer.error().message;
  EXPECT_EQ(peer->pid, ::getpid());
  EXPECT_EQ(peer->user, ::geteuid());
  EXPECT_NE(std::find(peer->groups.begin(), peer->groups.end(), ::getegid()), peer->groups.end());
}

TEST(PeerOf, FailsForWhatIsNoSocket) {
  EXPECT_FALSE(peer_of(STDIN_FILENO));
  EXPECT_FALSE(peer_of(-1));
}

}  // namespace dunlin
