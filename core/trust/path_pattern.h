#pragma once
#include <string_view>

namespace dunlin {

// Whether a target path fits a PATHPATTERN (TUF specification 4.5): glob(7) with * and ? and [...] within one
// component; nothing but a slash matches a slash, every component counts, letters keep their case. A
// character is a UTF-8 sequence. A "[" that is never closed stands for itself. Takes at most
// pattern x path steps.
bool matches_path_pattern(std::string_view pattern, std::string_view path);

}  // namespace dunlin
