#pragma once
#include <string>
#include <string_view>
#include <system_error>

#include <tl/expected.hpp>

namespace dunlin {

// What the caller should do about a failure. The list names reactions, not causes, and stays short.
enum class ErrorKind {
  retry_later,  // the link, the peer or the moment is bad: the same call may succeed later
  bad_peer,     // somebody sent wrong bytes: do not ask that peer again
  bad_image,    // a release, pack or metadata file is wrong or does not fit: refuse it, keep what is there
  device,       // this machine is broken, full or misconfigured: a person must mend it
  usage,        // the operator asked for something impossible: change the command or the configuration
  cancelled,    // somebody asked us to stop
};

// A word for logs and JSON: "retry_later", "bad_peer", ...
std::string_view to_string(ErrorKind kind);

// One failure: the reaction, the operating system's code if there was one, and one line that says what to do.
struct Error {
  ErrorKind kind = ErrorKind::device;
  std::error_code cause;
  std::string message;
};

// A value or an Error. Never ignored silently: the class is [[nodiscard]].
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

// fail(kind, message) and fail(kind, errno_value, message) make the failed side of any Result.
// The second form appends the system's own words: "opening /x: No such file or directory".
tl::unexpected<Error> fail(ErrorKind kind, std::string message);
tl::unexpected<Error> fail(ErrorKind kind, std::error_code cause, std::string message);
tl::unexpected<Error> fail_errno(ErrorKind kind, std::string message);

// Passes a failure on with what was being done in front: "writing slot b: <error>".
tl::unexpected<Error> fail(Error error, std::string_view context);
tl::unexpected<Error> fail(Error error);

}  // namespace dunlin
