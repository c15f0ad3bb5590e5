#include "host/config/check.hpp"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/config/schema.hpp"

namespace migue::host::config {
namespace {

/// Takes the last ":<digits>" off `text`.
std::optional<std::size_t> take_number(std::string_view& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
    std::size_t number = 0;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data() + colon + 1, end, number);
    if (error != std::errc() || parsed != end) return std::nullopt;
    text = text.substr(0, colon);
    return number;
}

/// "file:line:col: what" taken apart; any other line is all `what`.
Finding read_line(std::string_view line) {
    for (std::size_t at = line.find(": "); at != std::string_view::npos; at = line.find(": ", at + 1)) {
        std::string_view place = line.substr(0, at);
        const auto column = take_number(place);
        const auto number = column ? take_number(place) : std::nullopt;
        if (number) return {std::string(place), *number, *column, std::string(line.substr(at + 2))};
    }
    return {"", 0, 0, std::string(line)};
}

void add_lines(const Error& error, const std::filesystem::path& file, std::vector<Finding>& findings) {
    std::string_view rest = error.what;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        Finding finding = read_line(rest.substr(0, end));
        if (finding.line == 0) {
            finding.file = file.string();
            // An error about the whole file names it already.
            if (const std::string name = finding.file + ": "; finding.what.starts_with(name))
                finding.what.erase(0, name.size());
        }
        findings.push_back(std::move(finding));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

Result<void> check_plugin(const PluginSettings& plugin, const SchemaOf& schema_of) {
    const Result<std::string> schema = schema_of(plugin.id);
    if (!schema) {
        const Place place = plugin.source == nullptr ? Place{} : plugin.source->key_place();
        Faults faults;
        faults.add(place, fmt::format("plugin {}: {}", plugin.id, schema.error().what));
        return faults.error();
    }
    const Result<std::string> config = check_plugin_config(plugin, *schema);
    if (!config) return config.error();
    return {};
}

}  // namespace

int CheckReport::exit_code() const noexcept {
    if (!is_readable) return 2;
    return findings.empty() ? 0 : 1;
}

std::string CheckReport::text() const {
    std::string lines;
    for (const Finding& finding : findings) {
        const Place place{finding.file, finding.line, finding.column};
        const bool has_place = finding.line > 0;
        lines += fmt::format("{}: {}\n", has_place ? place.text() : finding.file, finding.what);
    }
    return lines;
}

std::string CheckReport::json() const {
    auto list = nlohmann::ordered_json::array();
    for (const Finding& finding : findings) {
        list.push_back({{"file", finding.file},
                        {"line", finding.line},
                        {"column", finding.column},
                        {"what", finding.what}});
    }
    const nlohmann::ordered_json report = {{"ok", exit_code() == 0}, {"findings", std::move(list)}};
    // A file name need not be UTF-8.
    return report.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

CheckReport check_config(const std::filesystem::path& file, const SchemaOf& schema_of,
                         const std::vector<SettingsCheck>& others, const Variables& variables) {
    CheckReport report;
    std::error_code error;
    report.is_readable = std::filesystem::exists(file, error);
    const Result<Settings> settings = load_settings(file, variables);
    if (!settings) {
        add_lines(settings.error(), file, report.findings);
        return report;
    }
    for (const PluginSettings& plugin : settings->plugins) {
        if (!schema_of) break;
        if (const auto checked = check_plugin(plugin, schema_of); !checked)
            add_lines(checked.error(), file, report.findings);
    }
    for (const SettingsCheck& check : others) {
        if (const auto checked = check(*settings); !checked)
            add_lines(checked.error(), file, report.findings);
    }
    return report;
}

}  // namespace migue::host::config
