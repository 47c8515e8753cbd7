#include "swarm/announce_schedule.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds first_retry{5'000};
// A release is there a moment before its tracker knows it, and a leader's choice waits for the tracker.
constexpr std::chrono::milliseconds first_refused_retry{500};
constexpr std::chrono::milliseconds refused_retry_max{300'000};

}  // namespace

void AnnounceSchedule::add(std::uint32_t torrent, SteadyTime now) {
  torrents_[torrent] = Entry{now};
}

void AnnounceSchedule::hurry(std::uint32_t torrent, SteadyTime now) {
  const auto found = torrents_.find(torrent);
  if (found != torrents_.end()) found->second.due = std::min(found->second.due, now);
}

void AnnounceSchedule::hurry_all(SteadyTime now) {
  for (auto& [torrent, entry] : torrents_) entry.due = std::min(entry.due, now);
}

SteadyTime AnnounceSchedule::next() const {
  SteadyTime next = SteadyTime::max();
  for (const auto& [torrent, entry] : torrents_) next = std::min(next, std::max(entry.due, not_before_));
  return next;
}

std::vector<std::uint32_t> AnnounceSchedule::due(SteadyTime now) const {
  std::vector<std::uint32_t> out;
  if (next() > now) return out;
  for (const auto& [torrent, entry] : torrents_) {
    if (entry.due - entry.delay / 2 <= now) out.push_back(torrent);
  }
  return out;
}

bool AnnounceSchedule::was_answered(std::uint32_t torrent) const {
  const auto found = torrents_.find(torrent);
  return found != torrents_.end() && found->second.answered;
}

void AnnounceSchedule::on_answer(std::uint32_t torrent, std::chrono::milliseconds delay, SteadyTime now) {
  retry_ = {};
  const auto found = torrents_.find(torrent);
  if (found != torrents_.end()) found->second = Entry{now + delay, delay, true};
}

void AnnounceSchedule::on_refusal(std::uint32_t torrent, SteadyTime now) {
  retry_ = {};
  const auto found = torrents_.find(torrent);
  if (found == torrents_.end()) return;
  Entry& entry = found->second;
  entry.delay = std::clamp(entry.delay * 2, first_refused_retry, refused_retry_max);
  entry.due = now + entry.delay;
}

void AnnounceSchedule::on_failure(std::chrono::milliseconds delay_max, SteadyTime now) {
  retry_ = std::min(std::max(retry_ * 2, first_retry), delay_max);
  not_before_ = now + retry_;
}

}  // namespace dunlin
