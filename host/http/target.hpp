#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"

/// The request target ("/a%20b?c=d") taken apart, strictly: what two readers could read in
/// two ways is refused, so that a guard and a handler never see different paths.
namespace migue::host::http {

struct Target {
    std::string path;       ///< decoded, begins with '/'
    std::string authority;  ///< of an absolute target ("http://host:1/…"), else ""
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded
};

/// Refused: bad escapes, NUL and other control characters, bytes that are not UTF-8, encoded
/// slashes, backslashes, and "." or ".." as a segment. The error never repeats the target.
[[nodiscard]] Result<Target> parse_target(std::string_view target);

/// Decodes %XX, and '+' as a space when asked. Same refusals as above, slashes aside.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// The segments of a path: "/a/b" is {"a","b"}, "/a/" is {"a",""}, "/" is {""}.
[[nodiscard]] std::vector<std::string_view> segments_of(std::string_view path);

}  // namespace migue::host::http
