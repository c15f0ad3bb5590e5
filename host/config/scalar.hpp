#pragma once
#include <cstdint>
#include <string_view>

namespace migue::host::config {

/// What a plain (unquoted) scalar means by YAML 1.2's core schema, and the numbers that we
/// refuse because readers differ on them or JSON cannot hold them.
struct PlainScalar {
    enum class Kind {
        kNull = 1,
        kBoolean,
        kInteger,
        kUnsigned,  ///< a whole number beyond the signed 64 bits
        kNumber,
        kText,
        kLeadingZero,  ///< 010: ten, or octal eight
        kTooBig,       ///< beyond 64 bits, or beyond a double
        kNotFinite,    ///< .inf, .nan
    };
    Kind kind = Kind::kText;
    bool boolean = false;
    std::int64_t integer = 0;
    std::uint64_t whole = 0;
    double number = 0;
};

[[nodiscard]] PlainScalar read_plain_scalar(std::string_view text);

}  // namespace migue::host::config
