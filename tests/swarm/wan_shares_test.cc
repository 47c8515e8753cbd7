// Sites of up to four readers in virtual time, each with an uplink of its own: the choice of pieces is the
// product's, links and beacons are modelled. A reader at rate 1 brings a piece each half second.
#include "swarm/wan_shares.h"

#include <array>
#include <deque>

namespace dunlin {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::uint32_t pieces = 96;
constexpr SteadyTime start{std::chrono::hours(1)};
constexpr std::chrono::milliseconds tick{25};
constexpr double piece_work = 500;  // milliseconds at rate 1
constexpr auto never = std::chrono::milliseconds::max();

PieceSet every_piece() {
  PieceSet all(pieces);
  for (std::uint32_t i = 0; i < pieces; ++i) all.insert(i);
  return all;
}

struct Reader {
  int rate = 1;
  std::chrono::milliseconds joins{0};
  std::chrono::milliseconds leaves = never;
  std::uint64_t instance = 0;
  PieceSet have{pieces};
  PieceSet taken{pieces};
  WanLeases leases{pieces};
  std::vector<FetchRun> reading{};
  std::array<double, 2> work{};  // left of the first piece of each run
};

struct Heard {
  SteadyTime due;
  std::size_t from;
  std::vector<FetchRun> runs;
  SteadyTime sent;
};

class UplinkSite {
 public:
  explicit UplinkSite(std::vector<Reader> readers, std::chrono::milliseconds word_takes = 25ms)
      : readers_(std::move(readers)), word_takes_(word_takes) {
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      readers_[i].instance = 100 - i;
      const auto one = std::chrono::milliseconds(500 / readers_[i].rate);
      readers_[i].leases.set_patience(std::max<std::chrono::milliseconds>(one * 2 * 3, 3s));
      readers_[i].reading.assign(2, FetchRun{});
    }
  }

  // Seconds until everyone who stays has everything; two minutes at most.
  double run() {
    while (!is_done() && now_ < start + 120s) step();
    return static_cast<double>((now_ - start).count()) / 1000;
  }

  bool is_done() const {
    return std::all_of(readers_.begin(), readers_.end(),
                       [&](const Reader& each) { return !stays(each) || each.have.is_full(); });
  }
  std::uint32_t crossed() const { return crossed_; }
  std::uint32_t brought_by(std::size_t reader) const { return brought_[reader]; }
  // The farthest that anything was asked for from the first piece that was free then, in pieces.
  std::uint32_t farthest() const { return farthest_; }

 private:
  static bool stays(const Reader& reader) { return reader.leaves == never; }
  bool is_there(const Reader& reader, SteadyTime when) const {
    return when - start >= reader.joins && when - start < reader.leaves;
  }

  void step() {
    now_ += tick;
    while (!words_.empty() && words_.front().due <= now_) {
      tell(words_.front());
      words_.pop_front();
    }
    look();
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      if (is_there(readers_[i], now_) && !readers_[i].have.is_full()) read(i);
    }
    spread();
    if ((now_ - start) % 500ms == 0ms) {
      for (std::size_t i = 0; i < readers_.size(); ++i) say(i);
    }
  }

  void tell(const Heard& word) {
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      if (i != word.from) readers_[i].leases.hear(readers_[word.from].instance, word.runs, word.sent);
    }
  }

  void say(std::size_t index) {
    const Reader& reader = readers_[index];
    if (!is_there(reader, now_)) return;
    std::vector<FetchRun> runs;
    for (const FetchRun& run : reader.reading) {
      if (run.count > 0) runs.push_back(run);
    }
    words_.push_back({now_ + word_takes_, index, std::move(runs), now_});
  }

  // As everyone knows it 2.5 s after a reader fell silent.
  WanShare share(std::size_t index) const {
    std::vector<std::uint64_t> others;
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      const bool heard = is_there(readers_[i], now_) || is_there(readers_[i], now_ - 2'500ms);
      if (i != index && heard && now_ - start >= readers_[i].joins) others.push_back(readers_[i].instance);
    }
    return share_of(readers_[index].instance, others);
  }

  // What those who are there have. Word of it takes 50 ms, the piece itself 100 ms.
  void look() {
    on_lan_.assign(pieces, 0);
    for (const Reader& each : readers_) {
      for (std::uint32_t i = 0; i < pieces && is_there(each, now_); ++i)
        on_lan_[i] += each.have.has(i) && now_ - got_[i] >= 50ms ? 1 : 0;
    }
  }

  void ask(std::size_t index, std::size_t slot) {
    Reader& reader = readers_[index];
    const FetchChoice choice{reader.have, all_, reader.taken, on_lan_};
    const auto run = next_shared_run(choice, reader.leases, share(index), 4, now_);
    if (!run) return;
    std::uint32_t front = 0;
    const auto is_free = [&](std::uint32_t piece) {
      return is_missing(choice, piece) && !reader.leases.holds(piece, now_);
    };
    while (front < run->first && !is_free(front)) ++front;
    if (!reader.leases.holds(run->first, now_)) farthest_ = std::max(farthest_, run->first - front);
    for (std::uint32_t i = 0; i < run->count; ++i) reader.taken.insert(run->first + i);
    reader.reading[slot] = *run;
    reader.work[slot] = piece_work;
    say(index);
  }

  void read(std::size_t index) {
    Reader& reader = readers_[index];
    for (std::size_t slot = 0; slot < 2; ++slot) {
      if (reader.reading[slot].count == 0) ask(index, slot);
    }
    const auto busy = std::count_if(reader.reading.begin(), reader.reading.end(),
                                    [](const FetchRun& run) { return run.count > 0; });
    for (std::size_t slot = 0; slot < 2 && busy > 0; ++slot) {
      FetchRun& run = reader.reading[slot];
      if (run.count == 0 || gives_up(reader, run, reader.work[slot])) continue;
      reader.work[slot] -= static_cast<double>(tick.count()) * reader.rate / static_cast<double>(busy);
      if (reader.work[slot] > 0) continue;
      reader.work[slot] = piece_work;
      take(index, run.first++);
      --run.count;
    }
  }

  // Another one was first: as the product does, with the first byte of the piece.
  bool gives_up(Reader& reader, FetchRun& run, double left) const {
    const bool begins = left > 0.8 * piece_work;
    if (!begins || !reader.leases.is_lost_by(reader.instance, run.first, now_)) return false;
    for (; run.count > 0; ++run.first, --run.count) reader.taken.erase(run.first);
    return true;
  }

  void take(std::size_t index, std::uint32_t piece) {
    ++crossed_;
    ++brought_[index];
    if (readers_[index].have.insert(piece) && got_[piece] == SteadyTime()) got_[piece] = now_;
  }

  void spread() {
    for (std::uint32_t i = 0; i < pieces; ++i) {
      const bool somebody = std::any_of(readers_.begin(), readers_.end(), [&](const Reader& each) {
        return is_there(each, now_) && each.have.has(i);
      });
      if (!somebody || now_ - got_[i] < 100ms) continue;
      for (Reader& each : readers_) {
        if (is_there(each, now_)) each.have.insert(i);
      }
    }
  }

  std::vector<Reader> readers_;
  PieceSet all_ = every_piece();
  std::vector<int> on_lan_;
  std::chrono::milliseconds word_takes_;
  SteadyTime now_ = start;
  std::deque<Heard> words_;
  std::array<SteadyTime, pieces> got_{};
  std::array<std::uint32_t, 4> brought_{};
  std::uint32_t crossed_ = 0;
  std::uint32_t farthest_ = 0;
};

// Every mixture of slow ones and others four times as fast: 1, 4, 11, 14, 41, ...
std::vector<std::vector<Reader>> every_mixture() {
  std::vector<std::vector<Reader>> out;
  for (std::size_t count = 1; count <= 4; ++count) {
    for (unsigned fast = 0; fast < 1u << count; ++fast) {
      std::vector<Reader> readers(count);
      for (std::size_t i = 0; i < count; ++i) readers[i].rate = (fast >> i) & 1 ? 4 : 1;
      out.push_back(std::move(readers));
    }
  }
  return out;
}

double ideal_s(const std::vector<Reader>& readers) {
  int rate = 0;
  for (const Reader& each : readers) rate += each.rate;
  return pieces * piece_work / 1000 / rate;
}

std::string name_of(const std::vector<Reader>& readers) {
  std::string name;
  for (const Reader& each : readers) name += std::to_string(each.rate);
  return name;
}

constexpr double two_slow_pieces_s = 2 * piece_work / 1000;

// Slow ones among fast ones, whose last two pieces others may read too.
std::uint32_t tail_of(const std::vector<Reader>& readers) {
  const auto slow =
      std::count_if(readers.begin(), readers.end(), [](const Reader& each) { return each.rate == 1; });
  return slow == std::ssize(readers) ? 0 : 2 * static_cast<std::uint32_t>(slow);
}

TEST(WanShares, ReadersOfAnySpeedEndTogetherAndReadNothingTwiceButATail) {
  for (const std::vector<Reader>& readers : every_mixture()) {
    UplinkSite site(readers);

    const double took_s = site.run();

    EXPECT_TRUE(site.is_done()) << name_of(readers);
    EXPECT_LE(site.crossed(), pieces + tail_of(readers)) << name_of(readers);
    EXPECT_LE(took_s, ideal_s(readers) + two_slow_pieces_s + 0.5) << name_of(readers);
  }
}

TEST(WanShares, EqualReadersNeverMeetThoughTheyHearOfEachOtherLate) {
  for (std::size_t count = 2; count <= 4; ++count) {
    UplinkSite site(std::vector<Reader>(count), 400ms);

    site.run();

    EXPECT_TRUE(site.is_done());
    EXPECT_LE(site.crossed(), pieces + count) << count;
    for (std::size_t i = 0; i < count; ++i) EXPECT_GE(site.brought_by(i) + 4, pieces / count) << count;
  }
}

TEST(WanShares, StayNearTheFrontSoThatSegmentsDecodeInOrder) {
  for (const std::vector<Reader>& readers : every_mixture()) {
    UplinkSite site(readers);

    site.run();

    EXPECT_LE(site.farthest(), 8 * readers.size()) << name_of(readers);
  }
}

TEST(WanShares, WhoeverJoinsOnTheWayTakesPart) {
  for (std::vector<Reader> readers : every_mixture()) {
    if (readers.size() == 1) continue;
    readers.back().joins = 1s;
    UplinkSite site(readers);

    const double took_s = site.run();

    EXPECT_TRUE(site.is_done()) << name_of(readers);
    EXPECT_LE(site.crossed(), pieces + 2) << name_of(readers);
    EXPECT_LE(took_s, ideal_s(readers) + 1 + two_slow_pieces_s + 0.5) << name_of(readers);
    EXPECT_GT(site.brought_by(readers.size() - 1), 0u) << name_of(readers);
  }
}

// What it had asked for is read by the others once its leases have ended.
TEST(WanShares, WhoeverLeavesIsReplaced) {
  for (std::vector<Reader> readers : every_mixture()) {
    if (readers.size() == 1) continue;
    const std::vector<Reader> left(readers.begin() + 1, readers.end());
    readers.front().leaves = 1s;
    UplinkSite site(readers);

    const double took_s = site.run();

    EXPECT_TRUE(site.is_done()) << name_of(readers);
    EXPECT_LE(site.crossed(), pieces + 4) << name_of(readers);
    EXPECT_LE(took_s, ideal_s(left) + 2.5 + two_slow_pieces_s + 0.5) << name_of(readers);
  }
}

// A lease that is never kept costs time, not the update.
TEST(WanShares, APieceThatSomebodyElseNeverBringsIsReadInTheEnd) {
  WanLeases leases(2);
  leases.set_patience(5s);
  for (SteadyTime now = start; now <= start + 6s; now += 500ms) leases.hear(9, {{0, 2}}, now);
  PieceSet none(2);
  PieceSet all(2);
  all.insert(0);
  all.insert(1);
  const FetchChoice choice{none, all, none, {}};

  EXPECT_FALSE(next_shared_run(choice, leases, {1, 2}, 4, start + 4s));
  EXPECT_EQ(next_shared_run(choice, leases, {1, 2}, 4, start + 6s), (FetchRun{1, 1}));
}

TEST(WanShares, ASingleReaderTakesLongRunsInOrder) {
  const PieceSet none(pieces);
  const PieceSet all = every_piece();

  EXPECT_EQ(next_shared_run({none, all, none, {}}, WanLeases(pieces), {0, 1}, 16, start), (FetchRun{0, 16}));
}

TEST(WanShares, AProbeAsksForWhatTheOthersWantLast) {
  WanLeases leases(pieces);
  leases.hear(9, {{pieces - 2, 2}}, start);
  const PieceSet none(pieces);
  const PieceSet all = every_piece();

  EXPECT_EQ(next_probe({none, all, none, {}}, leases, start), (FetchRun{pieces - 3, 1}));
}

}  // namespace
}  // namespace dunlin
