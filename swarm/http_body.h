#pragma once
// The body of an answer as Beast reads it: kept, or passed on while it arrives.
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>

#include "swarm/http_client.h"
#include "swarm/http_message.h"

namespace dunlin {

// Beast's "Body" for one answer to one request.
struct HttpBody {
  struct value_type {
    const HttpRequest* request = nullptr;  // outlives the answer
    HttpBodySink sink;                     // when set, nothing is kept
    Bytes kept;
    std::uint64_t size = 0;  // of what came
  };

  // Called by the parser: init() when the head is complete and a body follows, put() for each part of it.
  class reader {
   public:
    using Head = boost::beast::http::header<false, boost::beast::http::fields>;

    // Beast wants to be able to give any message; answers are what it gives.
    template <bool is_request, class Fields>
    reader(boost::beast::http::header<is_request, Fields>& head, value_type& body) : body_(body) {
      if constexpr (std::is_same_v<boost::beast::http::header<is_request, Fields>, Head>) head_ = &head;
    }

    void init(const boost::optional<std::uint64_t>& announced, error_code& code) {
      code = {};
      const HttpRequest& request = *body_.request;
      if (request.on_head)
        body_.sink =
            request.on_head(HttpResponse{static_cast<int>(head_->result_int()), headers_of(*head_), {}});
      if (!body_.sink && announced && *announced > request.body_size_max)
        code = boost::beast::http::error::body_limit;
    }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, error_code& code) {
      std::size_t taken = 0;
      code = {};
      for (const asio::const_buffer each : boost::beast::buffers_range_ref(buffers)) {
        take({static_cast<const std::uint8_t*>(each.data()), each.size()}, code);
        if (code) return taken;
        taken += each.size();
      }
      return taken;
    }

    void finish(error_code& code) { code = {}; }

   private:
    void take(ByteView bytes, error_code& code) {
      body_.size += bytes.size();
      if (body_.sink) {
        if (!body_.sink(bytes)) code = asio::error::operation_aborted;
      } else if (body_.size > body_.request->body_size_max) {
        code = boost::beast::http::error::body_limit;
      } else {
        body_.kept.insert(body_.kept.end(), bytes.begin(), bytes.end());
      }
    }

    Head* head_ = nullptr;
    value_type& body_;
  };
};

}  // namespace dunlin
