#include "swarm/range_fetcher.h"

#include "swarm/http_range.h"
#include "swarm/http_retry_after.h"

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds poll_delay{100};
constexpr std::uint64_t error_body_max = 64 * 1024;
constexpr std::uint64_t measured_min = 32 * 1024;  // a shorter answer says little about the link

// Why these are not the bytes of the content from `offset` on; empty when they are.
std::string refusal_of(const HttpResponse& head, std::uint64_t offset, std::uint64_t size) {
  const auto header = head.headers.find("content-range");
  const auto range = header == head.headers.end() ? std::nullopt : parse_content_range(header->second);
  if (range && range->offset == offset && range->total.value_or(size) == size) return {};
  return "the server sends other bytes than those it was asked for (Content-Range)";
}

}  // namespace

struct RangeFetcher::Reading {
  Reading(asio::io_context& io, PieceStream given) : stream(std::move(given)), checked(io) {}

  PieceStream stream;
  std::uint64_t length = 0;  // that are asked for
  std::uint64_t held = 0;    // by the gate, and not come yet
  std::uint64_t came = 0;    // bytes of the body
  SteadyTime first{};        // when the first and the last of them came
  SteadyTime last{};
  int unchecked = 0;    // pieces whose hashes are being computed
  bool whole = false;   // the answer begins at the start of the content, whatever was asked for
  std::string refusal;  // why the answer is of no use, when its head says so
  asio::steady_timer checked;
};

RangeFetcher::RangeFetcher(EventLoop& loop, HttpClient& http, Clock& clock, Random& random,
                           std::shared_ptr<const TorrentFile> torrent, std::string url,
                           std::chrono::milliseconds patience, std::shared_ptr<WanGate> gate,
                           RangeTarget& target)
    : loop_(loop),
      http_(http),
      clock_(clock),
      random_(random),
      torrent_(std::move(torrent)),
      url_(std::move(url)),
      gate_(std::move(gate)),
      target_(&target),
      watch_(patience) {}

void RangeFetcher::set_active(bool active) {
  active_ = active && target_;
  for (; active_ && workers_ < connections_.value(); ++workers_) spawn(loop_.io(), work(shared_from_this()));
}

void RangeFetcher::stop() {
  active_ = false;
  target_ = nullptr;
}

std::uint64_t RangeFetcher::forget(std::uint32_t piece) {
  const auto kept = partials_.extract(piece);
  return kept ? kept.mapped().size() : 0;
}

std::uint64_t RangeFetcher::pending() const {
  std::uint64_t bytes = unchecked_bytes_;
  for (const auto& reading : readings_) bytes += reading->stream.partial().size();
  for (const auto& [piece, partial] : partials_) bytes += partial.size();
  return bytes;
}

Task<> RangeFetcher::work(std::shared_ptr<RangeFetcher> self) {
  asio::steady_timer timer(loop_.io());
  while (active_ && workers_ <= connections_.value()) {
    const bool may_ask = clock_.steady() >= next_try_ && !whole_ && whole_helps_;
    const std::optional<FetchRun> run = may_ask ? next_run() : std::nullopt;
    const std::shared_ptr<Reading> reading = run ? begin(*run) : nullptr;
    if (!reading) {
      connections_.on_pause();
      co_await wait_for(timer, poll_delay);
      continue;
    }
    co_await fetch(self, reading);
  }
  --workers_;
}

// A request can begin inside a piece but not jump over bytes: a run ends before the next piece that is partly
// here.
std::optional<FetchRun> RangeFetcher::next_run() {
  std::optional<FetchRun> run = target_->take_run(pieces_per_request(rate_, torrent_->piece_size));
  if (!run) return run;
  const auto next = partials_.upper_bound(run->first);
  const std::uint32_t count = next == partials_.end() ? run->count : next->first - run->first;
  if (count >= run->count) return run;
  target_->give_back(FetchRun{run->first + count, run->count - count});
  return FetchRun{run->first, count};
}

// Whole pieces, as a piece that is partly here is lost with this process; part of one only when the gate
// wants that.
std::shared_ptr<RangeFetcher::Reading> RangeFetcher::begin(FetchRun run) {
  auto partial = partials_.extract(run.first);
  const std::uint64_t here = partial ? partial.mapped().size() : 0;
  std::uint64_t want = 0;
  for (std::uint32_t i = 0; i < run.count; ++i) want += torrent_->piece_length(run.first + i);
  const std::uint64_t held = gate_->reserve(want - here, torrent_->piece_length(run.first) - here);
  std::uint32_t count = 1;
  std::uint64_t length = torrent_->piece_length(run.first) - here;
  while (held > 0 && count < run.count && length + torrent_->piece_length(run.first + count) <= held)
    length += torrent_->piece_length(run.first + count++);
  length = std::min(length, held);
  gate_->release(held - length);
  if (held == 0) count = 0;
  if (count < run.count) target_->give_back(FetchRun{run.first + count, run.count - count});
  if (held == 0) {
    if (partial) partials_.insert(std::move(partial));
    return nullptr;
  }
  PieceStream stream(torrent_, FetchRun{run.first, count}, partial ? std::move(partial.mapped()) : Bytes());
  auto reading = std::make_shared<Reading>(loop_.io(), std::move(stream));
  reading->length = reading->held = length;
  return reading;
}

Task<> RangeFetcher::fetch(std::shared_ptr<RangeFetcher> self, std::shared_ptr<Reading> reading) {
  static_cast<void>(self);  // keeps it alive
  readings_.insert(reading);
  HttpRequest request = request_for(reading);
  auto answer = co_await http_.send(std::move(request));
  while (reading->unchecked > 0) {
    co_await wait_for(reading->checked, poll_delay);
  }
  readings_.erase(reading);
  gate_->release(std::exchange(reading->held, 0));
  if (!target_) co_return;
  conclude(*reading, answer);
}

HttpRequest RangeFetcher::request_for(const std::shared_ptr<Reading>& reading) {
  HttpRequest request;
  request.url = url_;
  request.range = HttpRange{reading->stream.offset(), reading->length};
  request.body_size_max = error_body_max;
  request.connect_limit = pace_.connect_limit();
  request.idle_limit = watch_.patience();
  request.pace = [gate = gate_](std::uint64_t bytes) { return gate->pace(bytes); };
  request.portion = gate_->portion();
  request.on_head = [self = shared_from_this(), reading](const HttpResponse& head) {
    return self->accept_head(reading, head);
  };
  return request;
}

HttpBodySink RangeFetcher::accept_head(const std::shared_ptr<Reading>& reading, const HttpResponse& head) {
  if (!target_ || (head.status != 200 && head.status != 206)) return {};
  if (head.status == 206)
    reading->refusal = refusal_of(head, reading->stream.offset(), torrent_->size);
  else if (!accept_whole(*reading, head) && reading->refusal.empty())
    reading->refusal = "the server does not serve ranges (RFC 9110, section 14)";
  return [self = shared_from_this(), reading](ByteView bytes) { return self->take(reading, bytes); };
}

// The answer is everything, from the first byte on. What was asked for comes on the way.
bool RangeFetcher::accept_whole(Reading& reading, const HttpResponse& head) {
  const auto length = head.headers.find("content-length");
  if (length != head.headers.end() && length->second != std::to_string(torrent_->size)) return false;
  if (whole_ || !whole_helps_) return false;
  const std::uint64_t more = torrent_->size - reading.held;
  const std::uint64_t held = gate_->reserve(more, more);
  reading.held += held;
  if (held < more) {
    reading.refusal = "the server does not serve ranges, and the data budget does not allow everything";
    return false;
  }
  reading.length = torrent_->size;
  target_->give_back(reading.stream.left());
  target_->waste(reading.stream.partial().size());
  reading.stream = PieceStream(torrent_, FetchRun{0, torrent_->piece_count()}, {});
  reading.whole = true;
  whole_ = &reading;
  whole_helps_ = false;
  trouble(url_ +
          ": the server does not serve ranges (RFC 9110, section 14): everything is read from the start");
  return true;
}

// A request that came to the end of a piece goes on only when the next one is still wanted; one for
// everything, when any is.
bool RangeFetcher::goes_on(const Reading& reading) const {
  const PieceStream& stream = reading.stream;
  if (stream.is_done() || !reading.refusal.empty() || reading.came > reading.length) return false;
  if (!stream.partial().empty()) return true;
  const std::uint32_t first = stream.left().first;
  const std::uint32_t end = reading.whole ? torrent_->piece_count() : first + 1;
  bool wanted = false;
  for (std::uint32_t i = first; i < end && !wanted; ++i) wanted = target_->wants(i);
  return active_ && wanted;
}

void RangeFetcher::begin_check(const std::shared_ptr<Reading>& reading, WholePiece whole) {
  if (reading->whole && !target_->wants(whole.piece)) return target_->waste(whole.bytes.size());
  auto piece = std::make_shared<const WholePiece>(std::move(whole));
  unchecked_bytes_ += piece->bytes.size();
  ++reading->unchecked;
  spawn(loop_.io(), check(shared_from_this(), reading, std::move(piece)));
}

bool RangeFetcher::take(const std::shared_ptr<Reading>& reading, ByteView bytes) {
  count(*reading, bytes.size());
  if (!target_) return false;
  const SteadyTime now = clock_.steady();
  watch_.on_bytes(now);
  connections_.on_bytes(bytes.size(), now);
  if (reading->came == 0) reading->first = now;
  reading->last = now;
  reading->came += bytes.size();
  while (!bytes.empty() && goes_on(*reading)) {
    bytes = bytes.subspan(reading->stream.take(bytes));
    std::optional<WholePiece> whole = reading->stream.pop();
    if (whole) begin_check(reading, std::move(*whole));
  }
  target_->waste(bytes.size());
  const bool is_all = reading->stream.is_done() || reading->came == reading->length;
  return bytes.empty() && (is_all || goes_on(*reading));
}

void RangeFetcher::count(Reading& reading, std::uint64_t bytes) {
  const std::uint64_t held = std::min(bytes, reading.held);
  reading.held -= held;
  gate_->release(held);
  gate_->spend(bytes);
}

Task<> RangeFetcher::check(std::shared_ptr<RangeFetcher> self, std::shared_ptr<Reading> reading,
                           std::shared_ptr<const WholePiece> piece) {
  static_cast<void>(self);  // keeps it alive
  auto job = [torrent = torrent_, piece] { return piece_matches(*torrent, piece->piece, piece->bytes); };
  const bool good = co_await offload(loop_.io(), loop_.pool(), std::move(job));
  unchecked_bytes_ -= piece->bytes.size();
  --reading->unchecked;
  reading->checked.cancel();
  if (!target_) co_return;
  if (good) {
    pace_.on_success();
    next_try_ = {};
    if (reading->whole) whole_helps_ = true;
    last_trouble_.clear();
    target_->deliver(piece->piece, piece->bytes);
    co_return;
  }
  target_->waste(piece->bytes.size());
  target_->give_back(FetchRun{piece->piece, 1});
  pace_.on_failure(clock_.steady());
  wait_a_while();
  trouble("the pack at " + url_ +
          " does not match the signed torrent: the server or a proxy on the way changed it");
}

void RangeFetcher::conclude(Reading& reading, const Answer& answer) {
  measure(reading);
  const FetchRun left = reading.stream.left();
  if (reading.whole) {
    whole_ = nullptr;
    target_->waste(reading.stream.partial().size());
  } else if (left.count > 0) {
    Bytes partial = reading.stream.take_partial();
    if (!partial.empty()) partials_[left.first] = std::move(partial);
    target_->give_back(left);
  }
  const bool ended_by_us = !answer && answer.error().kind == ErrorKind::cancelled && reading.refusal.empty();
  const bool brought_bytes = reading.came > 0 && reading.refusal.empty();
  if (ended_by_us || (answer && brought_bytes)) return;
  fail_with(reading, answer);
}

void RangeFetcher::measure(const Reading& reading) {
  watch_.on_pause();
  if (reading.came < measured_min) return;
  const auto elapsed =
      static_cast<std::uint64_t>(std::max<std::int64_t>((reading.last - reading.first).count(), 1));
  rate_ = (rate_ + reading.came * 1000 / elapsed) / 2;
}

void RangeFetcher::fail_with(const Reading& reading, const Answer& answer) {
  const SteadyTime now = clock_.steady();
  if (!reading.refusal.empty()) {
    pace_.on_failure(now);
    trouble(url_ + ": " + reading.refusal);
  } else if (answer) {
    gate_->spend(answer->body.size());
    target_->waste(answer->body.size());
    pace_.on_failure(now, retry_after(*answer, clock_.now()));
    trouble(url_ + ": the server answers " + std::to_string(answer->status));
  } else {
    if (reading.came > 0)
      pace_.on_cut(now);
    else
      pace_.on_failure(now);
    trouble(url_ + ": " + answer.error().message);
  }
  wait_a_while();
}

void RangeFetcher::wait_a_while() {
  connections_.on_pause();
  const SteadyTime now = clock_.steady();
  next_try_ = std::max(next_try_, now + pace_.delay(now, random_));
}

void RangeFetcher::trouble(const std::string& text) {
  if (text == last_trouble_) return;
  last_trouble_ = text;
  target_->report(text);
}

}  // namespace dunlin
