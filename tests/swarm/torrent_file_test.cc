#include "swarm/torrent_file.h"

#include <libtorrent/torrent_info.hpp>

#include "core/base/random.h"
#include "swarm/bencode.h"

namespace dunlin {
namespace {

Bytes content_of(std::size_t size) {
  Bytes content(size);
  SeededRandom(size).fill(content);
  return content;
}

Bytes made(std::size_t size, const std::vector<std::string>& trackers = {}) {
  Result<Bytes> torrent = make_torrent(MemorySource(content_of(size)), "image.pack", trackers);
  EXPECT_TRUE(torrent.has_value());
  return torrent.value_or(Bytes());
}

TEST(TorrentFile, HasTheInfoHashAndSizesThatLibtorrentReads) {
  for (const std::size_t size : {1, 16384, 16385, 65536, 65537, 200'000, 1'000'000}) {
    const Bytes bytes = made(size);
    const lt::torrent_info theirs(lt::span<const char>(reinterpret_cast<const char*>(bytes.data()),
                                                       static_cast<std::ptrdiff_t>(bytes.size())),
                                  lt::from_span);

    const Result<TorrentFile> ours = parse_torrent(bytes);

    ASSERT_TRUE(ours.has_value()) << size;
    EXPECT_EQ(theirs.info_hashes().v2.to_string(), as_text(ours->info_hash.bytes));
    EXPECT_FALSE(theirs.info_hashes().has_v1());
    EXPECT_EQ(theirs.num_pieces(), static_cast<int>(ours->piece_count()));
    EXPECT_EQ(theirs.files().root(lt::file_index_t(0)).to_string(), as_text(ours->root.bytes));
  }
}

TEST(TorrentFile, IsTheSameForTheSameContent) {
  EXPECT_EQ(made(300'000), made(300'000));
}

TEST(TorrentFile, KeepsItsInfoHashWhateverTheTrackers) {
  const Result<TorrentFile> plain = parse_torrent(made(100'000));
  const Result<TorrentFile> tracked =
      parse_torrent(made(100'000, {"http://a/announce", "http://b/announce"}));

  ASSERT_TRUE(plain && tracked);
  EXPECT_EQ(plain->info_hash, tracked->info_hash);
  EXPECT_EQ(tracked->trackers.size(), 2u);
}

TEST(TorrentFile, VerifiesEveryPieceAndNoOther) {
  const Bytes content = content_of(200'000);
  const Result<TorrentFile> torrent = parse_torrent(made(200'000));
  ASSERT_TRUE(torrent.has_value());

  for (std::uint32_t i = 0; i < torrent->piece_count(); ++i) {
    Bytes piece(
        content.begin() + static_cast<std::ptrdiff_t>(torrent->piece_offset(i)),
        content.begin() + static_cast<std::ptrdiff_t>(torrent->piece_offset(i) + torrent->piece_length(i)));
    EXPECT_TRUE(piece_matches(*torrent, i, piece));
    piece[piece.size() / 2] ^= 1;
    EXPECT_FALSE(piece_matches(*torrent, i, piece));
    piece.pop_back();
    EXPECT_FALSE(piece_matches(*torrent, i, piece));
  }
}

TEST(TorrentFile, NeverKeepsItsNameWhenAnyByteIsFlipped) {
  const Bytes original = made(70'000);
  const Result<TorrentFile> torrent = parse_torrent(original);
  ASSERT_TRUE(torrent.has_value());

  for (std::size_t at = 0; at < original.size(); ++at) {
    for (const unsigned mask : {0x01u, 0x80u}) {
      Bytes flipped = original;
      flipped[at] = static_cast<std::uint8_t>(flipped[at] ^ mask);
      const Result<TorrentFile> parsed = parse_torrent(flipped);
      EXPECT_FALSE(parsed && parsed->info_hash == torrent->info_hash) << at;
    }
  }
}

TEST(TorrentFile, IsRefusedWhenCutAnywhere) {
  const Bytes original = made(70'000);

  for (std::size_t size = 0; size < original.size(); ++size)
    EXPECT_FALSE(parse_torrent(ByteView(original).first(size))) << size;
}

TEST(TorrentFile, RefusesEmptyContentAndPathsAsNames) {
  EXPECT_EQ(make_torrent(MemorySource(Bytes()), "a", {}).error().kind, ErrorKind::usage);
  EXPECT_EQ(make_torrent(MemorySource(Bytes(5)), "a/b", {}).error().kind, ErrorKind::usage);
  EXPECT_EQ(make_torrent(MemorySource(Bytes(5)), "..", {}).error().kind, ErrorKind::usage);
}

TEST(TorrentFile, ChoosesPiecesFrom64KiBTo1MiB) {
  EXPECT_EQ(piece_size_for(1), 64u * 1024);
  EXPECT_EQ(piece_size_for(30u << 20), 64u * 1024);
  EXPECT_EQ(piece_size_for(40'000'000), 128u * 1024);
  EXPECT_EQ(piece_size_for(200u << 20), 512u * 1024);
  EXPECT_EQ(piece_size_for(std::uint64_t{3} << 30), 1024u * 1024);
  EXPECT_EQ(piece_size_for(std::uint64_t{1} << 40), 1024u * 1024);
}

TEST(Bencode, RefusesWhatIsNotCanonical) {
  for (const char* text : {"", "i", "ie", "i-0e", "i01e", "i9223372036854775808e", "5:abc", "01:a",
                           "d1:b0:1:a0:e", "d1:a0:1:a0:e", "l", "d", "di1ei2ee", "i1ei2e", "x"})
    EXPECT_FALSE(parse_bencode(as_bytes(text))) << text;
}

TEST(Bencode, RefusesNestingWithoutEnd) {
  EXPECT_FALSE(parse_bencode(as_bytes(std::string(100'000, 'l'))));
}

}  // namespace
}  // namespace dunlin
