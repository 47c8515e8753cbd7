#pragma once
#include "swarm/http_server.h"

namespace dunlin {

// Where a decoded URL path lies below `root`, or nothing when it could lead elsewhere: "..", ".", empty
// parts, hidden files (".x") and control characters are never served. Lexical only: looks at no file.
std::optional<std::string> path_below(const std::string& root, std::string_view url_path);

// Answers GET and HEAD from the files below `root`; 404 for directories and missing files, 405 for other
// methods. Small files carry an ETag of their bytes; files named by their hash may be cached for ever.
ServerResponse serve_static(const std::string& root, const ServerRequest& request);

}  // namespace dunlin
