#include "swarm/tracker_announcer.h"

#include <algorithm>

namespace dunlin {

namespace {

using std::chrono_literals::operator""s;

constexpr std::chrono::milliseconds look_period{250};  // until our own port is known
constexpr std::chrono::milliseconds sleep_max{60'000};
constexpr std::chrono::milliseconds retry_max{30'000};
constexpr std::chrono::milliseconds retry_at_rest_max{300'000};

HttpRequest to_request(const TrackerAnnounce& announce) {
  HttpRequest request;
  request.url = announce_url(announce);
  request.body_size_max = 64 * 1024;
  return request;
}

}  // namespace

void TrackerAnnouncer::start() {
  spawn(io_, run(shared_from_this()));
}

void TrackerAnnouncer::add(std::uint32_t torrent) {
  schedule_.add(torrent, clock_.steady());
  timer_.cancel();
}

void TrackerAnnouncer::hurry(std::uint32_t torrent) {
  schedule_.hurry(torrent, clock_.steady());
  timer_.cancel();
}

void TrackerAnnouncer::hurry_all() {
  schedule_.hurry_all(clock_.steady());
  timer_.cancel();
}

void TrackerAnnouncer::close() {
  closed_ = true;
  timer_.cancel();
}

Task<> TrackerAnnouncer::run(std::shared_ptr<TrackerAnnouncer> self) {
  static_cast<void>(self);  // keeps it alive
  while (!closed_) {
    SteadyTime now = clock_.steady();
    std::chrono::milliseconds pause = sleep_max;
    if (schedule_.next() < now + sleep_max) pause = std::max(schedule_.next() - now, look_period);
    const std::vector<std::uint32_t> due = schedule_.due(now);
    for (std::size_t i = 0; i < due.size() && !closed_; ++i) {
      std::optional<TrackerAnnounce> asked = announced_.announcement(due[i]);
      pause = look_period;
      if (!asked) break;
      if (!schedule_.was_answered(due[i])) asked->event = "started";
      auto response = co_await ask(*asked);
      if (closed_) co_return;
      take(due[i], *asked, response);
      if (schedule_.next() > clock_.steady()) break;
    }
    co_await wait_for(timer_, pause);
  }
}

Task<Result<HttpResponse>> TrackerAnnouncer::ask(TrackerAnnounce announce) {
  Result<void> admitted = gate_->admit_small();
  if (!admitted) co_return fail(std::move(admitted.error()));
  HttpRequest request = to_request(announce);
  auto response = co_await http_.send(std::move(request));
  if (response) gate_->spend(response->body.size());
  co_return response;
}

void TrackerAnnouncer::take(std::uint32_t torrent, const TrackerAnnounce& asked,
                            const Result<HttpResponse>& response) {
  const SteadyTime now = clock_.steady();
  if (!response || response->status >= 500) {
    schedule_.on_failure(asked.left > 0 ? retry_max : retry_at_rest_max, now);
    return;
  }
  Result<TrackerAnswer> answer = fail(ErrorKind::retry_later, "refused");
  if (response->status == 200) answer = parse_tracker_answer(response->body);
  if (!answer) {
    schedule_.on_refusal(torrent, now);
    return;
  }
  // The devices of a fleet that were switched on together must not ask together for ever.
  const auto most = static_cast<std::uint64_t>(std::chrono::milliseconds(answer->interval).count());
  schedule_.on_answer(torrent, std::chrono::milliseconds(most / 2 + random_.below(most / 2 + 1)), now);
  announced_.introduced(torrent, std::move(answer->peers));
}

}  // namespace dunlin
