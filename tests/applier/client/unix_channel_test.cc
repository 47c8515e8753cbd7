#include "applier/client/unix_channel.h"

#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "applier/client/protocol.h"
#include "core/base/disk.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds limit{2000};

struct Pair {
  UnixChannel left{Descriptor()};
  UnixChannel right{Descriptor()};
};

Pair make_pair() {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
  return {UnixChannel(Descriptor(ends[0])), UnixChannel(Descriptor(ends[1]))};
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace

TEST(FrameBuffer, CutsAStreamThatArrivesByteByByte) {
  ByteWriter writer;
  writer.u32(2);
  writer.bytes(as_bytes("hi"));
  writer.u32(1);
  writer.bytes(as_bytes("!"));
  FrameBuffer frames;
  std::vector<std::string> messages;
  for (std::uint8_t byte : writer.written()) {
    ASSERT_TRUE(frames.add(ByteView(&byte, 1)));
    while (auto message = frames.next()) messages.push_back(*message);
  }

  EXPECT_EQ(messages, (std::vector<std::string>{"hi", "!"}));
}

TEST(FrameBuffer, RefusesEmptyAndTooLongMessages) {
  for (std::uint32_t length : {0u, (8u << 20) + 1, 0xFFFFFFFFu}) {
    ByteWriter writer;
    writer.u32(length);
    FrameBuffer frames;
    EXPECT_FALSE(frames.add(writer.written()));
  }
}

TEST(UnixChannel, CarriesMessagesInOrder) {
  Pair pair = make_pair();

  ASSERT_TRUE(pair.left.send("one", -1, limit));
  ASSERT_TRUE(pair.left.send("two", -1, limit));

  EXPECT_EQ(pair.right.receive(limit)->text, "one");
  EXPECT_EQ(pair.right.receive(limit)->text, "two");
}

TEST(UnixChannel, HandsOverADescriptorOfTheSameFile) {
  Pair pair = make_pair();
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  PosixDisk disk;
  auto file = disk.open(path, OpenMode::create);
  ASSERT_TRUE(file);

  ASSERT_TRUE(pair.left.send("take", (*file)->descriptor(), limit));
  Result<ChannelMessage> message = pair.right.receive(limit);

  ASSERT_TRUE(message);
  ASSERT_TRUE(message->descriptor.is_open());
  auto taken = adopt_descriptor(message->descriptor.release(), "taken");
  ASSERT_TRUE(taken->write_at(0, as_bytes("x")));
  EXPECT_EQ(*(*file)->size(), 1u);
}

TEST(UnixChannel, ClosesDescriptorsThatNobodyTakes) {
  Pair pair = make_pair();
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(pair.left.send("m", STDIN_FILENO, limit));
    ASSERT_TRUE(pair.right.receive(limit));
  }

  EXPECT_EQ(open_descriptors(), before);
}

TEST(UnixChannel, SaysWhenTheOtherSideCloses) {
  Pair pair = make_pair();
  { UnixChannel gone = std::move(pair.left); }

  Result<ChannelMessage> message = pair.right.receive(limit);

  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().kind, ErrorKind::retry_later);
}

TEST(UnixChannel, DoesNotWaitBeyondItsLimit) {
  Pair pair = make_pair();

  EXPECT_FALSE(pair.right.receive(milliseconds(5)));
  // Nobody reads: the socket's buffer fills and the message cannot end.
  EXPECT_FALSE(pair.left.send(std::string(4 << 20, 'x'), -1, milliseconds(5)));
}

TEST(UnixChannel, ConnectsToAListenerWithModeAndSaysWhenNobodyListens) {
  const TemporaryFolder folder;
  const std::string path = folder / "socket";
  Result<UnixChannel> early = UnixChannel::connect(path);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().kind, ErrorKind::retry_later);

  Result<Descriptor> listener = listen_unix(path, 0660, "");
  ASSERT_TRUE(listener);

  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660u);
  EXPECT_TRUE(UnixChannel::connect(path));
  EXPECT_TRUE(listen_unix(path, 0660, "")) << "an old socket is replaced";
}

TEST(UnixChannel, RefusesUnknownGroupsAndLongPaths) {
  const TemporaryFolder folder;
  Result<Descriptor> listener = listen_unix(folder / "socket", 0660, "no-such-group");
  ASSERT_FALSE(listener);
  EXPECT_NE(listener.error().message.find("no-such-group"), std::string::npos);
  EXPECT_FALSE(listen_unix("/tmp/" + std::string(200, 'x'), 0660, ""));
  EXPECT_EQ(UnixChannel::connect("").error().kind, ErrorKind::usage);
}

}  // namespace dunlin
