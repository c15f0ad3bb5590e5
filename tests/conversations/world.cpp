#include "tests/conversations/world.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <date/tz.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "host/config/settings.hpp"
#include "host/plugin_host/install.hpp"

namespace migue::conversations {

namespace {

using nlohmann::json;

std::int64_t to_unix_ms(date::local_time<std::chrono::minutes> at, const std::string& zone) {
    const auto instant = date::locate_zone(zone)->to_sys(at, date::choose::earliest);
    return std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()).count();
}

date::local_time<std::chrono::minutes> to_local(std::int64_t unix_ms, const std::string& zone) {
    const date::sys_time<std::chrono::milliseconds> instant{std::chrono::milliseconds(unix_ms)};
    return date::floor<std::chrono::minutes>(date::locate_zone(zone)->to_local(instant));
}

/// The value of a field in the line of a log, "" when it has none.
std::string field(const std::string& line, const char* name) {
    const json parsed = json::parse(line, nullptr, false);
    if (!parsed.is_object() || parsed.value("message", parsed.value("msg", "")) != "migue is ready")
        return {};
    return parsed.value(name, "");
}

}  // namespace

HttpAnswer call(const HttpCall& wanted) {
    const Poco::URI uri(wanted.url);
    Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
    session.setTimeout(Poco::Timespan(40, 0));
    Poco::Net::HTTPRequest request(wanted.method, uri.getPathAndQuery(), "HTTP/1.1");
    request.set("Authorization", std::string("Bearer ") + kAdminToken);
    if (!wanted.cookie.empty()) request.set("Cookie", wanted.cookie);
    if (!wanted.type.empty()) request.setContentType(wanted.type);
    request.setContentLength(static_cast<std::streamsize>(wanted.body.size()));
    session.sendRequest(request) << wanted.body;
    Poco::Net::HTTPResponse response;
    HttpAnswer answer;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), answer.body);
    answer.status = response.getStatus();
    answer.location = response.get("Location", "");
    if (const std::string set = response.get("Set-Cookie", ""); !set.empty())
        answer.cookie = set.substr(0, set.find(';'));
    return answer;
}

World::World(Options options)
    : options_(std::move(options)),
      log_(host::Severity::kInfo, [this](std::string_view line) { note(line); }) {
    if (options_.google) {
        standins::GoogleOptions google;
        google.redirect_uris = {std::string(kPublicUrl) + "/p/scheduling/callback"};
        google.now_unix_ms = [this] { return clock_.unix_ms(); };
        google_ = std::make_unique<standins::Google>(std::move(google));
        google_server_ = std::make_unique<standins::GoogleServer>(*google_);
    }
    write_config();
    for (const char* id : {"scheduling", "smalltalk"}) {
        host::InstallWishes wishes;
        wishes.isolation = options_.isolated == id ? host::LockEntry::Isolation::kProcess
                                                   : host::LockEntry::Isolation::kNone;
        const auto installed =
            host::install_plugin(std::string(MIGUE_PLUGIN_FOLDER) + "/" + id + ".so",
                                 folder_.path() / "plugins.lock", folder_.path() / "plugins", wishes);
        if (!installed) throw std::runtime_error(installed.error().what);
    }
    auto settings = host::config::load_settings(folder_.path() / "migue.yaml");
    if (!settings) throw std::runtime_error(settings.error().what);
    host::cli::App::Options app;
    app.settings = std::move(settings).value();
    app.data = folder_.path();
    app.clock = &clock_;
    auto started = host::cli::App::start(std::move(app), log_);
    if (!started) throw std::runtime_error(started.error().what);
    app_ = std::move(started).value();
    if (http_url_.empty()) throw std::runtime_error("the host did not say where it listens:\n" + log());
}

World::~World() = default;

void World::write_config() const {
    std::ofstream out(folder_.path() / "migue.yaml");
    out << "http: { listen: \"127.0.0.1:0\", public_url: \"" << kPublicUrl << "\" }\n"
        << "store: { url: \"sqlite:" << (folder_.path() / "migue.db").string() << "\" }\n"
        << "admin: { listen: \"127.0.0.1:0\", token: \"" << kAdminToken << "\" }\n"
        << "channels:\n  whatsapp:\n    path: /webhook\n    app_secret: \"" << kAppSecret << "\"\n"
        << "    verify_token: \"verify-token-of-the-test\"\n"
        << "    access_token: \"" << standins::GraphOptions{}.access_token << "\"\n"
        << "    phone_number_id: \"" << standins::GraphOptions{}.phone_number_id << "\"\n"
        << "    graph_url: \"" << graph_.url() << "\"\n";
    if (const std::size_t gap = options_.message_template.find(' '); gap != std::string::npos)
        out << "    template: { name: \"" << options_.message_template.substr(0, gap) << "\", language: \""
            << options_.message_template.substr(gap + 1) << "\" }\n";
    out << "plugins:\n  lock: \"" << (folder_.path() / "plugins.lock").string() << "\"\n"
        << "  scheduling:\n    calendar: " << (options_.google ? "google" : "local") << "\n"
        << "    confirm: " << options_.confirm << "\n    timezone: " << options_.zone << "\n";
    if (google_server_) {
        const std::string url = google_server_->url();
        out << "    google:\n      client_id: client-1.apps.googleusercontent.com\n"
            << "      client_secret: client_secret_1\n      calls_per_account: 100\n      calls_in_all: "
               "10000\n"
            << "      auth_url: " << url << "/o/oauth2/v2/auth\n      token_url: " << url << "/token\n"
            << "      revoke_url: " << url << "/revoke\n      userinfo_url: " << url << "/v1/userinfo\n"
            << "      calendar_url: " << url << "/calendar/v3\n";
    }
    out << "  smalltalk: {}\nroutes: \"" << MIGUE_SOURCE_FOLDER << "/config/routes.yaml\"\n";
}

void World::note(std::string_view line) {
    const std::lock_guard lock(log_mutex_);
    log_text_ += line;
    log_text_ += '\n';
    const std::string text(line);
    if (const std::string address = field(text, "http"); !address.empty()) http_url_ = address;
    if (const std::string address = field(text, "admin"); !address.empty()) admin_url_ = address;
}

std::string World::log() const {
    const std::lock_guard lock(log_mutex_);
    return log_text_;
}

bool World::is_finished(const std::string& message_id) const {
    std::string encoded;
    Poco::URI::encode(message_id, "/+=&?#", encoded);
    return call({"GET", admin_url_ + "/admin/trace/" + encoded}).status == 200;
}

void World::put_local(const std::string& person_id, const EventLine& event, const std::string& zone) {
    SQLite::Database db((folder_.path() / "migue.scheduling.db").string(), SQLite::OPEN_READWRITE, 5000);
    const std::string id = "other" + std::to_string(++events_);
    const std::int64_t begin = to_unix_ms(event.begin, zone), end = to_unix_ms(event.end, zone);
    SQLite::Statement insert(db,
                             "INSERT INTO local_events (person_id, event_id, title, start_ms, end_ms, "
                             "all_day, busy, zone, location,"
                             " guests, rrule, exdates, status, sequence, created_ms, updated_ms)"
                             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, '[]', 'confirmed', 0, ?, ?)");
    insert.bind(1, person_id);
    insert.bind(2, id);
    insert.bind(3, event.title);
    insert.bind(4, begin);
    insert.bind(5, end);
    insert.bind(6, event.all_day ? 1 : 0);
    insert.bind(7, event.busy ? 1 : 0);
    insert.bind(8, zone);
    insert.bind(9, json(event.guests).dump());
    insert.bind(10, event.rrule);
    insert.bind(11, clock_.unix_ms());
    insert.bind(12, clock_.unix_ms());
    insert.exec();
    if (!event.busy) return;
    SQLite::Statement hold(
        db, "INSERT INTO reservations (person_id, event_id, start_ms, end_ms) VALUES (?, ?, ?, ?)");
    hold.bind(1, person_id);
    hold.bind(2, id);
    hold.bind(3, begin);
    hold.bind(4, end);
    hold.exec();
}

std::vector<EventLine> World::local_events(const std::string& person_id, const std::string& zone) {
    SQLite::Database db((folder_.path() / "migue.scheduling.db").string(), SQLite::OPEN_READONLY, 5000);
    SQLite::Statement rows(db,
                           "SELECT title, start_ms, end_ms, all_day, busy, guests, rrule FROM local_events"
                           " WHERE person_id = ? AND status = 'confirmed' ORDER BY start_ms, event_id");
    rows.bind(1, person_id);
    std::vector<EventLine> events;
    while (rows.executeStep()) {
        EventLine event;
        event.title = rows.getColumn(0).getString();
        event.begin = to_local(rows.getColumn(1).getInt64(), zone);
        event.end = to_local(rows.getColumn(2).getInt64(), zone);
        event.all_day = rows.getColumn(3).getInt() != 0;
        event.busy = rows.getColumn(4).getInt() != 0;
        for (const json& guest : json::parse(rows.getColumn(5).getString()))
            if (const auto name = guest.get<std::string>(); name.find('@') != std::string::npos)
                event.guests.push_back(name);
        event.rrule = rows.getColumn(6).getString();
        events.push_back(std::move(event));
    }
    return events;
}

}  // namespace migue::conversations
