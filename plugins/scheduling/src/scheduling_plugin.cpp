#include "scheduling_plugin.hpp"

#include <nlohmann/json.hpp>

#include "calendar/side_by_side.hpp"
#include "calendar/zone_time.hpp"
#include "dialogue/voice_flow.hpp"
#include "scheduling_data.embedded.hpp"
#include "understanding/draft.hpp"
#include "understanding/model/reading_route.hpp"

namespace scheduling {

namespace {

enum RouteIndex : std::size_t {
    kFeed,
    kAgenda,
    kDeleteEvent,
    kReseal,
    kExportPage,
    kExportFile,
    kWaiting,
    kHandBack,
    kExport,
    kErase,
    kLinkPage,
    kLinkStart,
    kCallback,
    kCodePage,
    kReading
};

/// Of a job's turn what the job holds, as it was stored; else "".
std::string job_payload(const migue::Turn& turn) {
    const auto input = nlohmann::json::parse(turn.input_json(), nullptr, false);
    if (!input.is_object() || !input.contains("job") || !input.at("job").is_object()) return {};
    const auto payload = input.at("job").value("payload", nlohmann::json());
    return payload.is_string() ? payload.get<std::string>() : payload.dump();
}

/// The model's first answer may take long; it must not hold up create().
migue::Detached warm_up_soon(const migue::Services& services, model::SecondReader& reader) {
    try {
        auto begun = co_await services.timer.after(std::chrono::milliseconds(100));
        if (begun) co_await reader.warm_up();
    } catch (const std::exception& failure) {  // no memory: the first question warms it up
        services.log.warn("the model is not warmed up", {{"why", failure.what()}});
    }
}

decltype(migue::Description::intents) intents() {
    decltype(migue::Description::intents) all;
    for (const auto& [name, purpose] : kIntents) all.push_back({std::string(name), std::string(purpose)});
    return all;
}

}  // namespace

migue::Description Plugin::describe() {
    return {.id = "scheduling",
            .version = "0.1.0",
            .config_schema = config_schema(),
            .required_services = {MIGUE_LOG_ID, MIGUE_CLOCK_ID, MIGUE_SQL_ID, MIGUE_VAULT_ID},
            .intents = intents(),
            .max_concurrency = 8};
}

migue::Result<std::unique_ptr<Plugin>> Plugin::create(const migue::Context& context) {
    auto settings = read_settings(context);
    if (!settings) return std::move(settings).error();
    auto book = PhraseBook::load();
    if (!book) return std::move(book).error();
    auto answers = Answers::load();
    if (!answers) return std::move(answers).error();
    auto plugin = std::make_unique<Plugin>(
        context.services, Parts{std::move(*settings), std::move(*book), std::move(*answers)});
    plugin->warm_up();
    return plugin;
}

Plugin::Plugin(const migue::Services& services, Parts parts)
    : services_(services),
      parts_(std::move(parts)),
      local_(services.sql, services.clock),
      people_(services),
      contacts_(services),
      oauth_(services, parts_.settings.google),
      accounts_(services, oauth_),
      attempts_(services, accounts_),
      google_(services, accounts_, parts_.settings.google),
      choice_(services, accounts_, google_.client()),
      reminders_(services_),
      export_links_(services_),
      calendar_(parts_.settings.uses_google ? static_cast<Calendar&>(google_) : local_),
      data_(services_, oauth_, accounts_),
      retention_(services_, parts_.settings.audit_days),
      google_tools_{oauth_, accounts_, attempts_, google_, choice_},
      reader_(services_, parts_.settings.model),
      voice_notes_(services_, parts_.settings.transcription),
      tools_{services_,
             parts_.settings,
             calendar_,
             people_,
             parts_.book,
             parts_.answers,
             contacts_,
             reminders_,
             export_links_,
             parts_.settings.uses_google ? &google_tools_ : nullptr,
             &data_,
             parts_.settings.model.is_on() ? &reader_ : nullptr,
             services.metrics.counter("handed_over")},
      web_{services_, parts_.settings, calendar_, people_, parts_.book, data_},
      links_{services_, parts_.settings, oauth_, accounts_, attempts_, parts_.book},
      asides_{services_, parts_.settings, people_, export_links_, data_, parts_.book} {}

migue::Task<migue::TurnEnd> Plugin::handle(migue::Turn& turn) {
    const std::string payload = job_payload(turn);
    if (Retention::is_mine(payload)) {
        auto done = co_await retention_.run(payload);
        if (!done) co_return std::move(done).error();
        co_return migue::TurnEnd::done();
    }
    std::vector<migue::Task<std::optional<migue::TurnEnd>>> both;
    both.push_back(answer(turn));
    both.push_back(prepare(turn));
    auto ends = co_await side_by_side(std::move(both));
    co_return std::move(*ends.front());
}

migue::Task<std::optional<migue::TurnEnd>> Plugin::answer(migue::Turn& turn) {
    // Heard before the dialogue begins: what is said decides the language of the answer.
    std::optional<HeardNote> heard = read_heard_job(turn);
    if (heard) heard->heard = co_await voice_notes_.hear(note_of(*heard, turn));
    co_return co_await take_turn(tools_, turn, heard ? &*heard : nullptr);
}

migue::Task<std::optional<migue::TurnEnd>> Plugin::prepare(migue::Turn& turn) {
    const std::string person(turn.person_id());
    const bool asks_calendar =
        parts_.settings.uses_google && !person.empty() && turn.intent() != "link_account";
    if (asks_calendar) static_cast<void>(co_await accounts_.warm(Caller(person, turn.deadline_ns())));
    co_await retention_.remember(std::string(turn.conversation_id()), person);
    co_return std::nullopt;
}

std::vector<migue::Route> Plugin::routes() const {
    return {{migue::Route::Access::kPublic, "GET", "/feed/:file"},
            {migue::Route::Access::kAdmin, "GET", "/agenda"},
            {migue::Route::Access::kAdmin, "DELETE", "/events/:id"},
            {migue::Route::Access::kAdmin, "POST", "/vault/reseal"},
            {migue::Route::Access::kPublic, "GET", "/export/:token"},
            {migue::Route::Access::kPublic, "POST", "/export/:token"},
            {migue::Route::Access::kAdmin, "GET", "/waiting"},
            {migue::Route::Access::kAdmin, "DELETE", "/waiting/:conversation"},
            {migue::Route::Access::kAdmin, "GET", "/people/:id/data"},
            {migue::Route::Access::kAdmin, "DELETE", "/people/:id"},
            {migue::Route::Access::kPublic, "GET", "/link/:link"},
            {migue::Route::Access::kPublic, "POST", "/link/:link"},
            {migue::Route::Access::kPublic, "GET", "/callback"},
            {migue::Route::Access::kPublic, "GET", "/linked"},
            {migue::Route::Access::kAdmin, "POST", "/reading"}};
}

migue::Task<migue::RouteReply> Plugin::route(const migue::RouteRequest& request) {
    if (request.route() == kReading) return read_for_operator(request);
    if (request.route() >= kLinkPage && !parts_.settings.uses_google) return migue::Plugin::route(request);
    switch (request.route()) {
        case kFeed:
            return serve_feed(web_, request);
        case kAgenda:
            return serve_agenda(web_, request);
        case kDeleteEvent:
            return serve_delete(web_, request);
        case kReseal:
            return serve_reseal(web_, request);
        case kExportPage:
            return serve_export_page(asides_, request);
        case kExportFile:
            return serve_export_file(asides_, request);
        case kWaiting:
            return serve_waiting(asides_, request);
        case kHandBack:
            return serve_hand_back(asides_, request);
        case kExport:
            return serve_export(web_, request);
        case kErase:
            return serve_erase(web_, request);
        case kLinkPage:
            return serve_link_page(links_, request);
        case kLinkStart:
            return serve_link_start(links_, request);
        case kCallback:
            return serve_callback(links_, request);
        case kCodePage:
            return serve_code_page(links_, request);
        default:
            return migue::Plugin::route(request);
    }
}

void Plugin::warm_up() {
    if (parts_.settings.model.is_on()) warm_up_soon(services_, reader_);
}

migue::Task<migue::RouteReply> Plugin::read_for_operator(const migue::RouteRequest& request) {
    co_return co_await model::serve_reading(services_, parts_.settings, reader_, request);
}

std::vector<migue::Migration> Plugin::migrations() const {
    std::vector<migue::Migration> found;
    for (const auto& [path, sql] : scheduling_data::embedded_files()) {
        for (const char* dialect : {"sqlite", "postgres"}) {
            const std::string folder = "migrations/" + std::string(dialect) + "/";
            if (!path.starts_with(folder) || !path.ends_with(".sql")) continue;
            const std::string_view name = path.substr(folder.size(), path.size() - folder.size() - 4);
            found.push_back({dialect, std::string(name), sql});
        }
    }
    return found;
}

migue::Result<std::string> Plugin::understand(const migue::UnderstandRequest& request) {
    if (!is_zone(request.timezone))
        return migue::Error{migue::Error::Code::kInvalid, "timezone is no IANA zone of this machine"};
    Moment moment;
    moment.now_unix_ms = request.now_unix_ms;
    moment.zone = request.timezone;
    moment.locale = request.locale;
    if (const std::size_t dash = request.locale.find_first_of("-_"); dash != std::string_view::npos)
        moment.region = request.locale.substr(dash + 1);
    moment.work_begin = parts_.settings.work_begin;
    moment.work_end = parts_.settings.work_end;
    return to_json(scheduling::understand(request.text, request.intent, moment), moment, request.intent);
}

}  // namespace scheduling
