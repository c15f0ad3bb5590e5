#include "host/cli/cli.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/cli/shipped.hpp"
#include "host/config/yaml.hpp"
#include "host/intents/commands.hpp"

namespace migue::host::cli {

namespace {

/// What was asked for: the options of every subcommand, and what the chosen one will do.
struct Choice {
    ServeOptions serve;
    DevOptions dev;
    ChatOptions chat;
    CheckOptions check;
    RouteOptions route;
    TraceOptions trace;
    MigrateOptions migrate;
    PluginOptions plugin;
    VaultOptions vault;
    std::filesystem::path understand_config, training_data, model, routes;
    std::vector<std::string> second_reader;
    std::function<int()> action;
};

int classify_lines(const Choice& choice) {
    if (!choice.model.empty())
        return intents::run_classify_model(std::cin, std::cout, std::cerr, choice.model);
    const std::filesystem::path routes =
        choice.routes.empty() ? shipped_config() / "routes.yaml" : choice.routes;
    return intents::run_classify_routes(std::cin, std::cout, std::cerr, routes,
                                        {.shipped = shipped_model(), .cache = {}});
}

int train_model(const Choice& choice) {
    if (!choice.training_data.empty())
        return intents::run_train(choice.training_data, choice.model, std::cerr);
    if (!choice.routes.empty()) return intents::run_train_routes(choice.routes, choice.model, std::cerr);
    return could_not_run({Error::Code::kInvalid, "intents train: give --data FILE or --config routes.yaml"});
}

void add_config(CLI::App* command, std::filesystem::path& config, bool required) {
    CLI::Option* option = command->add_option("--config", config, "migue.yaml to read");
    if (required) option->required();
}

void add_running(CLI::App& app, Choice& choice) {
    CLI::App* serve_command = app.add_subcommand("serve", "Run the host: WhatsApp in, replies out");
    add_config(serve_command, choice.serve.config, true);
    serve_command->callback([&choice] { choice.action = [&choice] { return serve(choice.serve); }; });

    CLI::App* dev_command =
        app.add_subcommand("dev", "Run everything on this computer, with no account: chat in the browser");
    add_config(dev_command, choice.dev.config, false);
    dev_command->add_option("--port", choice.dev.port, "instead of the configured port; 0: any free one");
    dev_command->add_option("--data", choice.dev.data, "folder for the database and the plugins' copies")
        ->capture_default_str();
    dev_command
        ->add_option("--watch", choice.dev.watch,
                     "folder of a plugin: when saved, it is built, checked and swapped in")
        ->type_name("FOLDER");
    dev_command->callback([&choice] { choice.action = [&choice] { return dev(choice.dev); }; });

    CLI::App* chat_command = app.add_subcommand("chat", "Chat in this terminal with a running migue");
    chat_command->add_option("--url", choice.chat.url, "where it runs")->capture_default_str();
    chat_command->add_option("--token", choice.chat.token, "the admin token, where one is set")
        ->envname("MIGUE_ADMIN_TOKEN");
    chat_command->add_option("--as", choice.chat.person, "who you are")->capture_default_str();
    chat_command->callback([&choice] { choice.action = [&choice] { return chat(choice.chat); }; });
}

void add_looking(CLI::App& app, Choice& choice) {
    CLI::App* check_command =
        app.add_subcommand("check", "Check a configuration, its routes and its plugins");
    add_config(check_command, choice.check.config, true);
    check_command->add_flag("--json", choice.check.json, "one JSON object a finding");
    check_command->callback([&choice] { choice.action = [&choice] { return check(choice.check); }; });

    CLI::App* route_command = app.add_subcommand("route", "Show where a message would go, and why");
    route_command->add_option("text", choice.route.text, "the message")->required();
    route_command->add_option("--locale", choice.route.locale,
                              "language of the conversation so far: es, en, pt");
    add_config(route_command, choice.route.config, false);
    route_command->callback([&choice] { choice.action = [&choice] { return route(choice.route); }; });

    CLI::App* trace_command = app.add_subcommand("trace", "Show the steps of one message's turn");
    trace_command->add_option("id", choice.trace.message_id, "the message's id")->required();
    add_config(trace_command, choice.trace.config, true);
    trace_command->callback([&choice] { choice.action = [&choice] { return trace(choice.trace); }; });

    CLI::App* migrate_command = app.add_subcommand("migrate", "Bring the store's tables up to date");
    add_config(migrate_command, choice.migrate.config, true);
    migrate_command->add_flag("--dry-run", choice.migrate.dry_run, "only name what would be applied");
    migrate_command->callback([&choice] { choice.action = [&choice] { return migrate(choice.migrate); }; });
}

void add_plugin_tools(CLI::App& plugin, Choice& choice) {
    CLI::App* fresh = plugin.add_subcommand("new", "Begin a plugin that builds, passes its test and answers");
    fresh->add_option("name", choice.plugin.id, "its id: [a-z][a-z0-9_]{0,31}")->required();
    fresh->add_option("--to", choice.plugin.to, "the folder to make; as the plugin is named");
    fresh->callback([&choice] { choice.action = [&choice] { return plugin_new(choice.plugin); }; });

    CLI::App* check =
        plugin.add_subcommand("check", "Look at a plugin file and try it, each check in a process");
    check->add_option("file", choice.plugin.file, "the .so file")->required();
    check->add_option("--only", choice.plugin.only, "one check: file, turns, fuzz or swaps");
    check->add_option("--seed", choice.plugin.seed, "of fuzz")->capture_default_str();
    check->add_flag("--json", choice.plugin.json, "one JSON object a check");
    check->add_flag("--pinned", choice.plugin.pinned, "it may stay mapped after it was unloaded");
    add_config(check, choice.plugin.config, false);
    check->callback([&choice] { choice.action = [&choice] { return plugin_check(choice.plugin); }; });

    CLI::App* rollback = plugin.add_subcommand("rollback", "Go back to the lock file that served before");
    rollback->add_option("name", choice.plugin.id, "one plugin only");
    add_config(rollback, choice.plugin.config, true);
    rollback->callback([&choice] { choice.action = [&choice] { return plugin_rollback(choice.plugin); }; });
}

void add_plugins(CLI::App& app, Choice& choice) {
    CLI::App* plugin = app.add_subcommand("plugin", "Install plugins and see what is loaded");
    plugin->require_subcommand(1);
    CLI::App* install = plugin->add_subcommand("install", "Check a plugin file and put it into plugins.lock");
    install->add_option("file", choice.plugin.file, "the .so file")->required();
    add_config(install, choice.plugin.config, true);
    install->callback([&choice] { choice.action = [&choice] { return plugin_install(choice.plugin); }; });
    install
        ->add_option("--canary", choice.plugin.canary_percent,
                     "first serve so many of a hundred conversations with it, and go back if it does worse")
        ->check(CLI::Range(1, 100));
    install->add_option("--turns", choice.plugin.canary_turns, "of the canary, before it serves all")
        ->capture_default_str();
    install->add_option("--seconds", choice.plugin.canary_seconds, "of the canary, before it serves all")
        ->capture_default_str();
    install->add_flag("--pinned", choice.plugin.pinned, "admit that it stays mapped after each swap");
    add_plugin_tools(*plugin, choice);
    CLI::App* list = plugin->add_subcommand("list", "What a running migue has loaded");
    add_config(list, choice.plugin.config, true);
    list->callback([&choice] { choice.action = [&choice] { return plugin_list(choice.plugin); }; });
}

void add_vault(CLI::App& app, Choice& choice) {
    CLI::App* vault = app.add_subcommand("vault", "Look after the keys that secrets are sealed with");
    vault->require_subcommand(1);
    CLI::App* rotate = vault->add_subcommand("rotate", "Seal everything under the newest key of vault.keys");
    add_config(rotate, choice.vault.config, true);
    rotate->callback([&choice] { choice.action = [&choice] { return vault_rotate(choice.vault); }; });
}

void add_language(CLI::App& app, Choice& choice) {
    CLI::App* understand_command =
        app.add_subcommand("understand", "JSON lines: what a message says about an event");
    add_config(understand_command, choice.understand_config, false);
    CLI::Option* second = understand_command
                              ->add_option("--model", choice.second_reader,
                                           "also what a model adds: its URL and NAME, or neither to take "
                                           "model: from --config; its key is MODEL_API_KEY")
                              ->expected(0, 2)
                              ->type_name("[URL NAME]");
    understand_command->callback([&choice, second] {
        choice.action = [&choice, second] {
            return understand(choice.understand_config, {second->count() > 0, choice.second_reader});
        };
    });

    CLI::App* intents_command = app.add_subcommand("intents", "Train and ask the classifier");
    intents_command->require_subcommand(1);
    CLI::App* train = intents_command->add_subcommand("train", "Train a model from JSON lines");
    CLI::Option* data = train->add_option("--data", choice.training_data, "the examples, as JSON lines");
    train->add_option("--config", choice.routes, "routes.yaml, whose examples are taken")->excludes(data);
    train->add_option("--model", choice.model, "the file to write")->required();
    train->callback([&choice] { choice.action = [&choice] { return train_model(choice); }; });
    CLI::App* classify = intents_command->add_subcommand("classify", "JSON lines: the intent of a message");
    CLI::Option* by_model = classify->add_option("--model", choice.model, "a trained model");
    classify->add_option("--config", choice.routes, "routes.yaml")->excludes(by_model);
    classify->callback([&choice] { choice.action = [&choice] { return classify_lines(choice); }; });
}

/// The word at which a command was expected and none is; "" when there is none, or it is one.
std::string unknown_command(const CLI::App& app, std::span<char* const> words) {
    const CLI::App* at = &app;
    for (const std::string word : words) {
        const auto known = at->get_subcommands([](const CLI::App*) { return true; });
        if (known.empty() || word.starts_with('-')) return {};
        const auto next = std::find_if(known.begin(), known.end(),
                                       [&](const CLI::App* one) { return one->get_name() == word; });
        if (next != known.end()) {
            at = *next;
            continue;
        }
        std::vector<std::string> names;
        for (const CLI::App* one : known) names.push_back(one->get_name());
        const std::string meant = config::nearest(word, names);
        return "there is no command '" + word + "'" +
               (meant.empty() ? "; `" + at->get_display_name() + " --help` lists them"
                              : ", did you mean '" + meant + "'?");
    }
    return {};
}

}  // namespace

int run(int argc, char** argv) {
    // Peers that go away are an error where we write to them, not a reason to die; what we
    // store is for this user's eyes.
    ::signal(SIGPIPE, SIG_IGN);
    ::umask(077);
    CLI::App app{"migue: a chatbot host for WhatsApp that books meetings", "migue"};
    app.require_subcommand(1);
    app.set_version_flag("--version", MIGUE_VERSION);
    Choice choice;
    add_running(app, choice);
    add_looking(app, choice);
    add_plugins(app, choice);
    add_vault(app, choice);
    add_language(app, choice);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& failure) {
        const std::span<char* const> words(argv, static_cast<std::size_t>(argc));
        const std::string unknown =
            failure.get_exit_code() == 0 || words.empty() ? "" : unknown_command(app, words.subspan(1));
        if (!unknown.empty()) return could_not_run({Error::Code::kInvalid, unknown});
        return app.exit(failure) == 0 ? 0 : 2;
    }
    return choice.action();
}

}  // namespace migue::host::cli
