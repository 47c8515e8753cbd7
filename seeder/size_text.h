#pragma once
#include <cstdint>
#include <string>

namespace dunlin {

// "512.0 MiB", for people.
std::string size_text(std::uint64_t bytes);
// "536 870 912": thousands apart.
std::string count_text(std::uint64_t count);

}  // namespace dunlin
