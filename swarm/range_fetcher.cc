#include "swarm/range_fetcher.h"

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds poll_delay{100};
constexpr std::chrono::milliseconds idle_limit{6'000};

// Which pieces of the answer have the right hash. Runs on the pool.
std::vector<bool> check_pieces(const TorrentFile& torrent, FetchRun run, ByteView body) {
  std::vector<bool> good;
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < run.count; ++i) {
    const std::size_t length = torrent.piece_length(run.first + i);
    good.push_back(piece_matches(torrent, run.first + i, body.subspan(at, length)));
    at += length;
  }
  return good;
}

}  // namespace

RangeFetcher::RangeFetcher(EventLoop& loop, HttpClient& http, Clock& clock, Random& random,
                           std::shared_ptr<const TorrentFile> torrent, std::string url, RangeTarget& target)
    : loop_(loop),
      http_(http),
      clock_(clock),
      random_(random),
      torrent_(std::move(torrent)),
      url_(std::move(url)),
      target_(&target) {}

void RangeFetcher::set_active(bool active) {
  active_ = active && target_;
  for (; active_ && workers_ < workers_max; ++workers_) spawn(loop_.io(), work(shared_from_this()));
}

void RangeFetcher::stop() {
  active_ = false;
  target_ = nullptr;
}

std::uint64_t RangeFetcher::length_of(FetchRun run) const {
  const std::uint64_t start = torrent_->piece_offset(run.first);
  return std::min<std::uint64_t>(std::uint64_t{run.count} * torrent_->piece_size, torrent_->size - start);
}

std::chrono::milliseconds RangeFetcher::retry_delay() {
  const std::uint64_t most = std::uint64_t{250} << std::min(failures_ - 1, 5);
  return std::chrono::milliseconds(most / 2 + random_.below(most / 2 + 1));
}

Task<> RangeFetcher::work(std::shared_ptr<RangeFetcher> self) {
  asio::steady_timer timer(loop_.io());
  while (active_) {
    const std::optional<FetchRun> run = target_->take_run(pieces_per_request(rate_, torrent_->piece_size));
    if (!run) {
      co_await wait_for(timer, poll_delay);
      continue;
    }
    co_await fetch(self, *run);
    if (failures_ == 0 || !active_) continue;
    const std::chrono::milliseconds delay = retry_delay();
    co_await wait_for(timer, delay);
  }
  --workers_;
}

Task<> RangeFetcher::fetch(std::shared_ptr<RangeFetcher> self, FetchRun run) {
  const std::uint64_t length = length_of(run);
  HttpRequest request;
  request.url = url_;
  request.range = HttpRange{torrent_->piece_offset(run.first), length};
  request.body_size_max = length;
  request.idle_limit = idle_limit;
  request.on_bytes = [self](std::uint64_t count) { self->received_ += count; };
  const SteadyTime start = clock_.steady();
  auto answer = co_await http_.send(std::move(request));
  if (!target_) co_return;
  if (!answer) {
    trouble(url_ + ": " + answer.error().message);
    target_->give_back(run);
    co_return;
  }
  const bool whole_file = answer->status == 200 && length == torrent_->size;
  if ((answer->status != 206 && !whole_file) || answer->body.size() != length) {
    trouble(answer->status == 200 ? url_ + ": the server does not serve ranges (RFC 9110, section 14)"
                                  : url_ + ": the server answers " + std::to_string(answer->status) +
                                        " with " + std::to_string(answer->body.size()) + " bytes");
    target_->waste(answer->body.size());
    target_->give_back(run);
    co_return;
  }
  const auto elapsed = std::max<std::int64_t>((clock_.steady() - start).count(), 1);
  rate_ = (rate_ + length * 1000 / static_cast<std::uint64_t>(elapsed)) / 2;
  auto response = std::make_shared<const HttpResponse>(std::move(*answer));
  co_await accept(self, run, response);
}

Task<> RangeFetcher::accept(std::shared_ptr<RangeFetcher> self, FetchRun run,
                            std::shared_ptr<const HttpResponse> response) {
  static_cast<void>(self);  // keeps it alive
  auto check = [torrent = torrent_, run, response] { return check_pieces(*torrent, run, response->body); };
  auto good = co_await offload(loop_.io(), loop_.pool(), std::move(check));
  if (!target_) co_return;
  std::size_t at = 0;
  bool all_good = true;
  for (std::uint32_t i = 0; i < run.count; ++i) {
    const std::size_t length = torrent_->piece_length(run.first + i);
    if (good[i]) {
      target_->deliver(run.first + i, ByteView(response->body).subspan(at, length));
    } else {
      all_good = false;
      target_->waste(length);
      target_->give_back(FetchRun{run.first + i, 1});
    }
    at += length;
  }
  if (!all_good) {
    trouble("the pack at " + url_ +
            " does not match the signed torrent: the server or a proxy on the way changed it");
    co_return;
  }
  failures_ = 0;
  last_trouble_.clear();
}

void RangeFetcher::trouble(const std::string& text) {
  ++failures_;
  if (text == last_trouble_) return;
  last_trouble_ = text;
  target_->report(text);
}

}  // namespace dunlin
