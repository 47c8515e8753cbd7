#include "core/base/result.h"

#include <cerrno>

namespace dunlin {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::retry_later:
      return "retry_later";
    case ErrorKind::bad_peer:
      return "bad_peer";
    case ErrorKind::bad_image:
      return "bad_image";
    case ErrorKind::device:
      return "device";
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::cancelled:
      return "cancelled";
  }
  return "unknown";
}

tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, {}, std::move(message)});
}

tl::unexpected<Error> fail(ErrorKind kind, std::error_code cause, std::string message) {
  message += ": " + cause.message();
  return tl::unexpected<Error>(Error{kind, cause, std::move(message)});
}

tl::unexpected<Error> fail_errno(ErrorKind kind, std::string message) {
  return fail(kind, std::error_code(errno, std::generic_category()), std::move(message));
}

tl::unexpected<Error> fail(Error error, std::string_view context) {
  error.message = std::string(context) + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace dunlin
