#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

/// Everything that the plugin's tables hold about one person: given out, and taken away.
namespace scheduling {

/// The version of the texts by which people agree to something: their date.
inline constexpr const char* kConsentVersion = "2026-11-22";
inline constexpr std::int64_t kExportLifeMs = 10 * 60 * 1000;

/// Whose data an export link gives.
struct ExportRight {
    std::string person, locale;
};

/// Thread-safe.
class PersonalData {
public:
    explicit PersonalData(const migue::Services& services) : services_(services) {}

    /// All rows about the person, by table; secrets (tokens, hashes) only as "kept". Large tables
    /// are read in pages.
    [[nodiscard]] migue::Task<migue::Result<nlohmann::json>> collect(std::string person) const;
    /// Deletes them; the audit keeps one mark without person, named `mark`. Repeating it is harmless.
    [[nodiscard]] migue::Task<migue::Result<void>> erase(std::string person, std::string mark) const;

    /// The secret of a link to the person's data: good once, for kExportLifeMs.
    [[nodiscard]] migue::Task<migue::Result<std::string>> offer_export(std::string person,
                                                                       std::string locale) const;
    /// Whose link this is, if it is still good.
    [[nodiscard]] migue::Task<migue::Result<std::optional<ExportRight>>> find_export(std::string token) const;
    /// The same, and it is spent by it: of two at once one gets it.
    [[nodiscard]] migue::Task<migue::Result<std::optional<ExportRight>>> redeem_export(
        std::string token) const;

private:
    migue::Task<migue::Result<std::vector<nlohmann::json>>> rows_of(std::string select, std::string order,
                                                                    std::string person) const;
    const migue::Services& services_;
};

}  // namespace scheduling
