#pragma once
#include <variant>

#include "applier/client/applier_client.h"

namespace dunlin {

// The JSON messages on the applier's socket; docs/applier-protocol.md. Both sides use this one writer and
// reader; slot_write.h has the one message that is not JSON.
inline constexpr int applier_protocol_version = 2;
inline constexpr std::size_t applier_message_size_max = 8u << 20;  // bytes of JSON
inline constexpr std::size_t applier_error_size_max = 4096;        // bytes of an error's words

enum class Operation {
  status,
  examine,
  open_booted_slot,
  open_slot,
  open_self_tests,
  begin_install,
  sync_slot,
  commit_install,
  abort_install,
  reboot,
  confirm,
  rollback,
};
std::string_view to_string(Operation operation);

struct Request {
  Operation operation = Operation::status;
  InstallRequest install;  // begin_install only
  std::string slot{};      // open_slot only: its name
  std::uint64_t back = 0;  // open_self_tests only: so many runs before the newest
};

// A commit is under way: `done` of `total` bytes have been read back. The final reply is still to come.
struct ProgressReply {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

// The operation is complete. A read-only descriptor comes with begin_install, open_booted_slot,
// open_slot and open_self_tests; the first also names its slot.
struct DoneReply {
  std::optional<ApplierStatus> status;
  std::optional<std::vector<Finding>> findings{};  // of examine
  std::string slot;
  std::uint64_t image_size = 0;
};

// The operation was refused or failed; nothing else follows.
using Reply = std::variant<DoneReply, ProgressReply, Error>;

std::string encode(const Request& request);
std::string encode(const Reply& reply);

// Total parsers. They fail with bad_peer and name what is wrong: not JSON, another version, an unknown
// operation, a missing field. Memory stays in proportion to the text: nesting and the number of values are
// bounded.
Result<Request> parse_request(std::string_view text);
Result<Reply> parse_reply(std::string_view text);

}  // namespace dunlin
