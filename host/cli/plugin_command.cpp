#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "host/cli/commands.hpp"
#include "host/cli/plugin_options.hpp"
#include "host/cli/plugin_workshop.hpp"
#include "host/cli/report.hpp"
#include "host/cli/shipped.hpp"
#include "host/config/settings.hpp"
#include "host/plugin_host/hazards.hpp"
#include "host/plugin_host/history.hpp"
#include "host/plugin_host/install.hpp"
#include "host/plugin_host/rehearsal.hpp"
#include "host/plugin_host/stage.hpp"

namespace migue::host::cli {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// The section of the plugin whose file this is, or none: a file is named after its plugin.
Result<std::string> config_of(const PluginOptions& options) {
    if (options.config.empty()) return std::string("{}");
    const auto settings = config::load_settings(options.config);
    if (!settings) return settings.error();
    for (const config::PluginSettings& plugin : settings->plugins)
        if (plugin.id == options.file.stem().string()) return plugin.config_json;
    return std::string("{}");
}

/// What the file is, without running any of it.
std::vector<std::string> look_at_file(const StagedFile& staged, const PluginOptions& options) {
    const auto facts = read_elf_file(staged.path());
    if (!facts) return {"H9: " + facts.error().what + "; give the .so file that the build made"};
    LockEntry entry;
    if (options.pinned) entry.profile = LockEntry::Profile::kPinned;
    std::vector<std::string> findings;
    for (const Hazard& hazard : find_hazards(*facts, entry)) findings.push_back(hazard.text());
    std::vector<std::string> plain;
    for (const std::string& library : extra_libraries(*facts))
        if (is_plain_library(library)) plain.push_back(library);
    if (const auto good = check_libraries(*facts, plain); !good) findings.push_back(good.error().what);
    if (!facts->exports("migue_entry_v1"))
        findings.emplace_back(
            "V1: it has no symbol migue_entry_v1; export the plugin with MIGUE_PLUGIN, built "
            "for ABI 1");
    return findings;
}

struct Check {
    std::string name;
    std::optional<Rehearsal::Check> rehearsal;  ///< none: the file is only read
    std::chrono::milliseconds limit{10s};
};

const std::vector<Check>& all_checks() {
    static const std::vector<Check> checks = {{"file", std::nullopt, 10s},
                                              {"turns", Rehearsal::Check::kTurns, 10s},
                                              {"fuzz", Rehearsal::Check::kFuzz, 60s},
                                              {"swaps", Rehearsal::Check::kSwaps, 120s}};
    return checks;
}

Result<std::vector<std::string>> run_check(const Check& check, const StagedFile& staged,
                                           const PluginOptions& options, const std::string& config_json) {
    if (!check.rehearsal) return look_at_file(staged, options);
    Rehearsal rehearsal;
    rehearsal.runner = plugin_runner();
    rehearsal.file = staged.path();
    rehearsal.check = *check.rehearsal;
    rehearsal.config_json = config_json;
    rehearsal.may_stay = options.pinned;
    rehearsal.seed = options.seed;
    rehearsal.limit = check.limit;
    return rehearse(rehearsal);
}

void print_result(const Check& check, const std::vector<std::string>& findings,
                  const PluginOptions& options) {
    if (options.json) {
        std::cout << nlohmann::json{{"check", check.name}, {"findings", findings}}.dump() << std::endl;
        return;
    }
    fmt::print("{:<6} {}\n", check.name, findings.empty() ? "good" : "FOUND");
    for (const std::string& finding : findings) fmt::print("       {}\n", finding);
    if (findings.empty()) return;
    fmt::print("       again: migue plugin check {} --only {}", options.file.string(), check.name);
    if (check.name == "fuzz") fmt::print(" --seed {}", options.seed);
    if (!options.config.empty()) fmt::print(" --config {}", options.config.string());
    if (options.pinned) fmt::print(" --pinned");
    fmt::print("\n");
}

}  // namespace

int plugin_check(const PluginOptions& options) {
    auto config_json = config_of(options);
    if (!config_json) return could_not_run(config_json.error());
    const auto area = StagingArea::make(fs::temp_directory_path() / "migue-plugin-check");
    if (!area) return could_not_run(area.error());
    // A copy of our own: a build that runs meanwhile changes nothing.
    const auto staged = (*area)->stage(options.file, "check", 1);
    if (!staged) return could_not_run(staged.error());
    bool is_good = true;
    bool was_run = false;
    for (const Check& check : all_checks()) {
        if (!options.only.empty() && options.only != check.name) continue;
        was_run = true;
        const auto findings = run_check(check, **staged, options, *config_json);
        if (!findings) return could_not_run(findings.error());
        print_result(check, *findings, options);
        if (findings->empty()) continue;
        is_good = false;
        if (check.name == "file") break;  // what must not be loaded is not
    }
    if (!was_run)
        return could_not_run(
            {Error::Code::kInvalid, "--only " + options.only + ": expected file, turns, fuzz or swaps"});
    return is_good ? kDone : kFindings;
}

int plugin_install(const PluginOptions& options) {
    const auto settings = config::load_settings(options.config);
    if (!settings) return could_not_run(settings.error());
    InstallWishes wishes;
    wishes.pinned = options.pinned;
    wishes.own = settings->own_plugins;
    wishes.runner = plugin_runner();
    if (options.canary_percent != 0)
        wishes.canary =
            LockEntry::Canary{options.canary_percent, options.canary_turns, options.canary_seconds};
    const auto entry = install_plugin(options.file, settings->plugin_lock, "var/plugins", wishes);
    if (!entry) return could_not_run(entry.error());
    fmt::print("{}: {} is locked at sha256 {}…\n", settings->plugin_lock.string(), entry->id,
               entry->sha256.substr(0, 12));
    bool configured = false;
    for (const config::PluginSettings& plugin : settings->plugins) configured |= plugin.id == entry->id;
    if (!configured)
        fmt::print("It is not in {} yet: add a section `{}: {{}}` under plugins.\n", settings->file.string(),
                   entry->id);
    if (!settings->plugin_trusted_key.empty())
        fmt::print("Hosts follow it once it is signed: write the signature to {}.\n",
                   signature_file(settings->plugin_lock).string());
    else
        fmt::print("A running host swaps to it by itself; POST /admin/plugins/{}/reload does it at once.\n",
                   entry->id);
    return kDone;
}

int plugin_rollback(const PluginOptions& options) {
    const auto settings = config::load_settings(options.config);
    if (!settings) return could_not_run(settings.error());
    const auto data = data_folder(*settings);
    if (!data) return could_not_run(data.error());
    const auto back =
        roll_back(history_folder(*data), settings->plugin_lock, settings->plugin_trusted_key, options.id);
    if (!back) return could_not_run(back.error());
    for (const LockEntry& entry : back->entries)
        fmt::print("{}: {} is locked at sha256 {}…\n", settings->plugin_lock.string(), entry.id,
                   entry.sha256.substr(0, 12));
    fmt::print("A running host goes back by itself.\n");
    return kDone;
}

int plugin_new(const PluginOptions& options) {
    const fs::path folder = options.to.empty() ? fs::path(options.id) : options.to;
    if (const auto written = write_new_plugin(options.id, folder); !written)
        return could_not_run(written.error());
    fmt::print(
        "{0} is a plugin that builds and answers. Chat with it, and change it while you do:\n\n"
        "  cd {0}\n"
        "  migue dev --config migue.yaml --watch .\n\n"
        "Its tests:\n\n"
        "  cmake --preset default && cmake --build --preset default && ctest --preset default\n",
        folder.string());
    if (plugin_api_prefix().empty())
        fmt::print(
            "\nThe package migue_plugin_api is not beside this program: add its prefix to "
            "CMAKE_PREFIX_PATH in {}/CMakePresets.json.\n",
            folder.string());
    return kDone;
}

}  // namespace migue::host::cli
