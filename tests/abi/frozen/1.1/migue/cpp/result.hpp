#pragma once
#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace migue {

/// What went wrong, in a form a caller can branch on (`code`) and an operator can read
/// (`what`). Never carries text written by an end user. Codes are the negated
/// migue_status values of plugin.h.
struct Error {
    enum class Code : std::int32_t {
        kInvalid = 1,      ///< the caller broke the contract, or the input is malformed
        kConfig = 2,       ///< an operator has to change a setting or a file
        kUnsupported = 3,  ///< not offered here
        kUnavailable = 4,  ///< worth trying again; nothing happened
        kDeadline = 5,     ///< no answer in time; it may have happened
        kCancelled = 6,
        kConflict = 7,  ///< somebody else was first
        kState = 8,     ///< wrong moment
        kInternal = 9,  ///< a bug, or a broken peer; it may have happened
    };

    Code code;
    std::string what;

    /// The same error with the failed step in front: "load smalltalk: <what>".
    [[nodiscard]] Error within(std::string_view step) && { return {code, std::string(step) + ": " + what}; }
};

/// A value or an Error.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(*-explicit-*)
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

    explicit operator bool() const noexcept { return state_.index() == 0; }
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    const Error& error() const& { return std::get<1>(state_); }
    Error&& error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, Error> state_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

    explicit operator bool() const noexcept { return state_.index() == 0; }
    const Error& error() const& { return std::get<1>(state_); }
    Error&& error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<std::monostate, Error> state_;
};

}  // namespace migue
