#pragma once
#include <string>
#include <vector>

namespace dunlin {

// dunlin-applier without its argv[0]; returns the exit code: 0, or 2 with a line on stderr that says what to
// correct.
int run_applier_program(const std::vector<std::string>& arguments);

}  // namespace dunlin
