#include "swarm/beacon.h"

#include "core/base/random.h"

namespace dunlin {
namespace {

Beacon full_beacon() {
  Beacon beacon;
  beacon.instance = 0x1122334455667788;
  beacon.device_id = "dev-1";
  beacon.site = "warehouse";
  beacon.listen_port = 40'000;
  beacon.may_use_wan = true;
  beacon.alive_for = std::chrono::milliseconds(300'000);
  beacon.mirror = {40'001, 12, 3, true, BeaconAge::value_type(70)};
  beacon.torrents.push_back(BeaconTorrent{1, 5'000'000'000, 7, 2, true, true, false});
  beacon.torrents.push_back(BeaconTorrent{2, 10, 0, 0, false, false, true});
  beacon.torrents.push_back(BeaconTorrent{3, 20, 0, 0, true, true, false, true, {{7, 2}, {70'000, 1}}});
  beacon.torrents.push_back(BeaconTorrent{4, 30, 0, 0, false, true, false, false, {}, true});
  return beacon;
}

TEST(Beacon, ReadsBackWhatWasWritten) {
  const Result<Beacon> parsed = parse_beacon(encode_beacon(full_beacon()));

  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, full_beacon());
}

TEST(Beacon, NamesAContentByTheFirstBytesOfItsDigest) {
  Digest digest;
  for (std::uint8_t i = 0; i < 32; ++i) digest.bytes[i] = i;

  EXPECT_EQ(content_key(digest), 0x0706050403020100u);
}

TEST(Beacon, TellsADeviceThatNeverLookedAtTheRepository) {
  Beacon beacon = full_beacon();
  beacon.mirror = MirrorNews{};

  const Result<Beacon> parsed = parse_beacon(encode_beacon(beacon));

  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->mirror, MirrorNews{});
}

TEST(Beacon, IsRefusedWithAnyBitFlipped) {
  const Bytes original = encode_beacon(full_beacon());

  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    Bytes flipped = original;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_FALSE(parse_beacon(flipped)) << bit;
  }
}

TEST(Beacon, IsRefusedWhenCutOrExtended) {
  Bytes bytes = encode_beacon(full_beacon());

  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_beacon(ByteView(bytes).first(size)));
  bytes.push_back(0);
  EXPECT_FALSE(parse_beacon(bytes));
}

TEST(Beacon, FitsOneDatagramHoweverMuchItHasToSay) {
  Beacon beacon = full_beacon();
  beacon.device_id = std::string(500, 'd');
  beacon.site = std::string(500, 's');
  beacon.torrents.assign(100, BeaconTorrent{});

  const Bytes bytes = encode_beacon(beacon);
  const Result<Beacon> parsed = parse_beacon(bytes);

  EXPECT_LE(bytes.size(), beacon_bytes_max);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->torrents.size(), beacon_torrents_max);
}

TEST(Beacon, LeavesOutLeasesThatDoNotFit) {
  Beacon beacon = full_beacon();
  beacon.device_id = std::string(500, 'd');
  beacon.site = std::string(500, 's');
  BeaconTorrent busy;
  busy.leases.assign(12, FetchRun{1, 100'000});
  beacon.torrents.assign(beacon_torrents_max, busy);

  const Bytes bytes = encode_beacon(beacon);
  const Result<Beacon> parsed = parse_beacon(bytes);

  EXPECT_LE(bytes.size(), beacon_bytes_max);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->torrents[0].leases.size(), 12u);
  EXPECT_EQ(parsed->torrents[0].leases[0], (FetchRun{1, 65'535}));
  EXPECT_EQ(parsed->torrents[1].leases.size(), beacon_leases_max - 12);
  EXPECT_TRUE(parsed->torrents[2].leases.empty());
}

// With a right checksum, so that the parser behind it is reached.
TEST(Beacon, NoiseBehindARightChecksumNeverReadsOutside) {
  SeededRandom random(3);
  for (int round = 0; round < 20'000; ++round) {
    Bytes noise(random.below(80));
    random.fill(noise);
    const Bytes known = encode_beacon(full_beacon());
    std::copy_n(known.begin(), std::min<std::size_t>(random.below(40), noise.size()), noise.begin());
    const Digest sum = sha256(noise);
    noise.insert(noise.end(), sum.bytes.begin(), sum.bytes.begin() + 4);

    const Result<Beacon> parsed = parse_beacon(noise);

    if (!parsed) continue;
    EXPECT_EQ(encode_beacon(*parsed), noise);
  }
}

}  // namespace
}  // namespace dunlin
