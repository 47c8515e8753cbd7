#pragma once
// In place of core/base/asio.h where clang 14 compiles: it knows no coroutines as libstdc++ writes them.
// Parsers need the names of endpoints and of errors only; nothing here may wait.
#include <utility>

#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "core/base/result.h"

namespace dunlin {

namespace asio = boost::asio;
using boost::system::error_code;
template <class T = void>
class Task;  // declared, never made

}  // namespace dunlin
