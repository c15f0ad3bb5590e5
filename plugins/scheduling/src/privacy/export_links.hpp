#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

/// Links by which people get what is kept about them (accounts/personal_data.hpp).
namespace scheduling {

/// The version of the texts by which people agree to something: their date.
inline constexpr const char* kConsentVersion = "2026-11-22";
inline constexpr std::int64_t kExportLifeMs = 10 * 60 * 1000;

/// Whose data an export link gives.
struct ExportRight {
    std::string person, locale;
};

/// Thread-safe.
class ExportLinks {
public:
    explicit ExportLinks(const migue::Services& services) : services_(services) {}

    /// The secret of a link to the person's data: good once, for kExportLifeMs.
    [[nodiscard]] migue::Task<migue::Result<std::string>> offer_export(std::string person,
                                                                       std::string locale) const;
    /// Whose link this is, if it is still good.
    [[nodiscard]] migue::Task<migue::Result<std::optional<ExportRight>>> find_export(std::string token) const;
    /// The same, and it is spent by it: of two at once one gets it.
    [[nodiscard]] migue::Task<migue::Result<std::optional<ExportRight>>> redeem_export(
        std::string token) const;

private:
    const migue::Services& services_;
};

}  // namespace scheduling
