// A throw-away Postgres server to develop and measure against. Prints its address, then reads
// one command a line from standard input until that closes, and answers each with a line of JSON:
//   database             a fresh database
//   freeze | continue    every process stands still, goes on
//   stop | kill | start  in order, with SIGKILL, again at the same address
#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "tests/standins/postgres/postgres.hpp"

namespace {

using migue::standins::Postgres;
using migue::standins::PostgresOptions;
using nlohmann::json;

json fresh(Postgres& server, bool has_pooler) {
    const std::string database = server.fresh_database();
    json answer{{"url", server.url(database)}};
    if (has_pooler) answer["pooler_url"] = server.pooler_url(database);
    return answer;
}

json obey(Postgres& server, const std::string& command, bool has_pooler) {
    if (command == "database") return fresh(server, has_pooler);
    if (command == "freeze")
        server.freeze();
    else if (command == "continue")
        server.resume();
    else if (command == "stop")
        server.stop();
    else if (command == "kill")
        server.kill();
    else if (command == "start")
        server.start();
    else
        return {{"error", "expected: database | freeze | continue | stop | kill | start"}};
    return {{"done", command}};
}

}  // namespace

int main(int argc, char** argv) {
    PostgresOptions options;
    bool has_pooler = false;
    CLI::App app("A throw-away Postgres server on a loopback port");
    app.add_option("--port", options.port, "0: any free one");
    app.add_option("--set", options.settings, "name=value, as in postgresql.conf");
    app.add_flag("--pooler", has_pooler, "pgbouncer in transaction mode in front of it");
    CLI11_PARSE(app, argc, argv);
    try {
        Postgres server(options);
        std::cout << fresh(server, has_pooler).dump() << std::endl;
        for (std::string line; std::getline(std::cin, line);)
            std::cout << obey(server, line, has_pooler).dump() << std::endl;
    } catch (const std::runtime_error& failure) {
        std::cerr << "standin_postgres: " << failure.what() << "\n";
        return 2;
    }
    return 0;
}
