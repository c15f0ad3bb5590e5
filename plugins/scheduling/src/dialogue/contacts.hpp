#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/state.hpp"
#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

/// Each person's own contact book: names and mail addresses that they asked to be kept.
namespace scheduling {

/// Thread-safe.
class Contacts {
public:
    /// As many as one person may keep; more are kInvalid.
    static constexpr std::size_t kMost = 500;

    explicit Contacts(const migue::Services& services) : sql_(services.sql), clock_(services.clock) {}

    /// By name.
    [[nodiscard]] migue::Task<migue::Result<std::vector<Guest>>> all(std::string person) const;
    /// The same address again takes the new name.
    [[nodiscard]] migue::Task<migue::Result<void>> keep(std::string person, Guest contact) const;
    [[nodiscard]] migue::Task<migue::Result<void>> forget(std::string person, std::string mail) const;

private:
    migue::Sql sql_;
    migue::Clock clock_;
};

/// Those whose name begins with, or holds, the words of this one: "laura" is Laura Gómez and
/// Laura Díaz.
[[nodiscard]] std::vector<Guest> named(const std::vector<Guest>& guests, std::string_view name);

/// The word with an @ in the text, without what stands around it; "" when there is none.
[[nodiscard]] std::string mail_in(std::string_view text);

}  // namespace scheduling
