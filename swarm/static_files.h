#pragma once
#include "core/base/digest.h"
#include "swarm/http_server.h"

namespace dunlin {

// Where a decoded URL path lies below `root`, or nothing when it could lead elsewhere: "..", ".", empty
// parts, hidden files (".x") and control characters are never served. Lexical only: looks at no file.
std::optional<std::string> path_below(const std::string& root, std::string_view url_path);

// Words for a person, as text/plain.
ServerResponse refusal(int status, std::string words);
// 405 for every method but GET and HEAD.
std::optional<ServerResponse> refuse_method(const ServerRequest& request);

// The SHA-256 that a file's name begins with: "<64 hexadecimal digits>.<anything>". These bytes can never
// change.
std::optional<Digest> digest_in_name(std::string_view path);

// Answers GET and HEAD from the files below `root`; 404 for directories and missing files, 405 for other
// methods. Small files carry an ETag of their bytes; files named by their hash may be cached for ever.
ServerResponse serve_static(const std::string& root, const ServerRequest& request);

}  // namespace dunlin
