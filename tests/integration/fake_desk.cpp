#include "fake_desk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "host/console/console.hpp"
#include "host/http/guards.hpp"

namespace migue::test {
namespace {

using nlohmann::json;
using namespace host;

http::Reply json_reply(const json& body, int status = 200) {
    return {status, "application/json; charset=utf-8", body.dump(), {}};
}

host::Reply reply(const char* kind, const json& body) {
    return {kind, body.dump()};
}

json event(const char* id, const char* title, const char* start, const char* end) {
    return {{"id", id},   {"title", title},   {"start", start},
            {"end", end}, {"all_day", false}, {"location", ""}};
}

json agenda_days(bool is_booked) {
    json tuesday = {event("daily", "Daily del equipo", "09:00", "09:30")};
    if (is_booked) tuesday.push_back(event("laura", "Reunión con Laura", "15:00", "16:00"));
    tuesday.push_back(event("gym", "Gimnasio", "18:30", "19:30"));
    tuesday.back()["location"] = "Calle 85 #12-30";
    json holiday = event("trip", "Viaje a Cartagena", "", "");
    holiday["all_day"] = true;
    return json::array(
        {{{"date", "2026-11-24"}, {"label", "martes 24 de noviembre"}, {"events", tuesday}},
         {{"date", "2026-11-27"},
          {"label", "viernes 27 de noviembre"},
          {"events", json::array({holiday, event("dentist", "Dentista", "10:00", "10:30")})}}});
}

host::Reply slots() {
    json rows = json::array();
    for (const char* hours : {"14:30–15:00", "15:30–16:00", "16:00–16:30"})
        rows.push_back({{"id", std::string("slot:") + hours},
                        {"title", hours},
                        {"description", "martes 24 de noviembre"}});
    rows.push_back({{"id", "anyway"}, {"title", "Agendar de todos modos"}});
    return reply("list", {{"text", "Mañana a las 15:00 ya tienes *Revisión semanal*. Elige otra hora:"},
                          {"button", "Ver horarios"},
                          {"rows", rows}});
}

}  // namespace

FakeDesk::FakeDesk(std::string token)
    : inbox_(store_, channel_, [this](const InboundMessage& message) { return answer(message); }),
      api_(inbox_, store_, channel_, clock_, person_of),
      server_(config::Listen{"127.0.0.1", 0}, http::Limits{}, log_) {
    if (!token.empty()) server_.guard(console::require_token(std::move(token)));
    server_.guard(http::require_same_origin());
    add_routes();
    const auto started = server_.start();
    if (!started) throw std::runtime_error(started.error().what);
}

FakeDesk::~FakeDesk() {
    channel_.close();
}

std::string FakeDesk::url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
}

void FakeDesk::add_routes() {
    console::add_routes(server_);
    api_.add_routes(server_);
    server_.route("GET", "/p/scheduling/agenda",
                  [this](const http::Request& request) { return agenda(request); });
    server_.route("GET", "/admin/plugins", [this](const http::Request& request) { return plugins(request); });
    server_.route("GET", "/admin/trace/:id", [this](const http::Request& request) { return trace(request); });
    server_.route("POST", "/admin/plugins/:id/reload",
                  [this](const http::Request& request) { return reload(request); });
}

std::vector<host::Reply> FakeDesk::answer(const InboundMessage& message) {
    const auto has = [&](const char* word) { return message.text.find(word) != std::string::npos; };
    if (message.input_json.find("\"undo\"") != std::string::npos) {
        const std::lock_guard lock(mutex_);
        booked_for_.clear();
        return {reply("text", {{"text", "Listo, la quité: *Reunión con Laura* ya no está en tu agenda."}})};
    }
    if (has("reunión")) {
        const std::lock_guard lock(mutex_);
        booked_for_ = person_of(message.identities.at(0));
        return {reply(
            "buttons",
            {{"text",
              "Agendada ✅ *Reunión con Laura* — martes 24 de noviembre de 2026, 15:00–16:00 (Bogotá)."},
             {"buttons",
              {{{"id", "undo"}, {"title", "Deshacer"}}, {{"id", "change"}, {"title", "Cambiar"}}}}})};
    }
    if (has("horarios")) return {slots()};
    if (has("conectar"))
        return {reply("link", {{"text",
                                "Para agendar necesito permiso en tu Google Calendar. El enlace es solo para "
                                "ti y vence en 10 minutos."},
                               {"title", "Conectar Google"},
                               {"url", url("/p/scheduling/link/one-time")}})};
    return {reply("text", {{"text", message.text}})};
}

http::Reply FakeDesk::agenda(const http::Request& request) {
    const std::lock_guard lock(mutex_);
    if (agenda_failures_ > 0) {
        --agenda_failures_;
        return json_reply({{"error", "the plugin is being replaced"}}, 503);
    }
    const bool is_booked = !booked_for_.empty() && request.query_value("person") == booked_for_;
    return json_reply({{"zone", "America/Bogota"},
                       {"days", agenda_days(is_booked)},
                       {"feed_url", url("/p/scheduling/feed/0f3c.ics")}});
}

http::Reply FakeDesk::plugins(const http::Request&) {
    const std::lock_guard lock(mutex_);
    return json_reply(plugin_list());
}

json FakeDesk::plugin_list() const {
    json list = json::array();
    for (const std::string id : {"scheduling", "smalltalk"}) {
        const auto times = std::count(reloaded_.begin(), reloaded_.end(), id);
        list.push_back({{"id", id},
                        {"version", "1.0.0"},
                        {"sha256", "9f2c51d0a7" + std::string(54, 'e')},
                        {"generation", 1 + times},
                        {"state", "active"}});
    }
    return list;
}

http::Reply FakeDesk::trace(const http::Request& request) {
    for (const InboundMessage& message : inbox_.taken())
        if (message.message_id == request.param("id"))
            return json_reply({{"plugin", "scheduling"},
                               {"version", "1.0.0"},
                               {"generation", 1},
                               {"intent", "schedule_meeting"},
                               {"confidence", 0.93},
                               {"routed_by", "classifier"},
                               {"attempt", 1},
                               {"reasons", json::array()},
                               {"prepare_us", 420},
                               {"plugin_us", 3180}});
    return json_reply({{"error", "no finished turn of that message"}}, 404);
}

http::Reply FakeDesk::reload(const http::Request& request) {
    const std::lock_guard lock(mutex_);
    if (!refusal_.empty()) return json_reply({{"error", refusal_}}, 409);
    reloaded_.emplace_back(request.param("id"));
    return json_reply(plugin_list());
}

std::vector<std::string> FakeDesk::reloads() const {
    const std::lock_guard lock(mutex_);
    return reloaded_;
}

void FakeDesk::fail_agenda(int times) {
    const std::lock_guard lock(mutex_);
    agenda_failures_ = times;
}

void FakeDesk::refuse_reloads(std::string why) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(why);
}

void FakeDesk::say(const std::string& person, const std::string& kind, const std::string& body_json) {
    store_.add_line("chat:" + person, {0, false, "job." + kind, kind, "", body_json, 0});
    (void)channel_.send({});
}

}  // namespace migue::test
