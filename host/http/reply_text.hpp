#pragma once
#include <string>

#include "host/http/server.hpp"

namespace migue::host::http {

struct ReplyForm {
    bool head = false;  ///< the answer to HEAD: headers only
    bool keep_alive = false;
};

/// False when a header of the reply holds what would break out of it (a line break): a bug in
/// the handler.
[[nodiscard]] bool is_well_formed(const Reply& reply);

/// A well-formed reply as it goes over the wire, with the security headers.
[[nodiscard]] std::string reply_text(const Reply& reply, ReplyForm form);

/// A short plain answer for a status.
[[nodiscard]] Reply plain_reply(int status);

}  // namespace migue::host::http
