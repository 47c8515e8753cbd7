#include "node/repository_places.h"

#include <fmt/format.h>

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds lan_connect_limit{1'000};
constexpr std::chrono::milliseconds lan_idle_limit{2'000};
constexpr std::chrono::milliseconds lan_total_limit{10'000};

}  // namespace

RepositoryPlace RepositoryPlaces::mirror_of(const MirrorOffer& neighbour) {
  const bool is_v6 = neighbour.address.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + neighbour.address + "]" : neighbour.address;
  return {fmt::format("http://{}:{}", host, neighbour.port),
          fmt::format("{} ({})", neighbour.device, neighbour.address), true};
}

Task<Result<Bytes>> RepositoryPlaces::get(RepositoryPlace place, std::string path, std::uint64_t size_max,
                                          bool& missing) {
  HttpRequest request;
  request.url = place.url + "/" + path;
  request.body_size_max = size_max;
  if (place.is_lan) {
    request.connect_limit = lan_connect_limit;
    request.idle_limit = lan_idle_limit;
    request.total_limit = lan_total_limit;
    request.redirects_max = 0;
  }
  missing = false;
  Result<void> admitted = place.is_lan ? Result<void>() : gate_.admit_small();
  if (!admitted) co_return fail(std::move(admitted.error()), "fetching " + path);
  HttpClient& client = place.is_lan ? lan_ : wan_;
  auto answer = co_await client.send(std::move(request));
  if (!answer) co_return fail(std::move(answer.error()), "fetching " + path);
  if (!place.is_lan) gate_.spend(answer->body.size());
  (place.is_lan ? moved_.lan : moved_.wan) += answer->body.size();
  missing = answer->status == 404 || answer->status == 403;
  if (answer->status == 200) co_return std::move(answer->body);
  co_return fail(ErrorKind::retry_later,
                 fmt::format("fetching {}: {} answered {}", path, place.url, answer->status));
}

}  // namespace dunlin
