#include "tests/conversations/line.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "host/store/identity.hpp"
#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::conversations {

namespace {

using nlohmann::json;
using std::chrono::steady_clock;

void read_choices(const json& list, Shown& shown) {
    for (const json& choice : list)
        shown.choices.push_back({choice.at("id"), choice.at("title"), choice.value("description", "")});
}

/// The browser's page: what it posts and reads.
class ChatLine final : public Line {
public:
    ChatLine(World& world, int person)
        : world_(world),
          name_("person-" + std::to_string(person)),
          url_(world.admin_url() + "/console/api/chat/" + name_ + "/messages") {}

    std::string say(const std::string& text, const std::string& quoted, bool forwarded) override {
        if (forwarded) throw std::runtime_error("the web chat cannot forward");
        json message = {{"text", text}};
        if (!quoted.empty()) message["quoted"] = quoted;
        return post(std::move(message));
    }
    std::string tap(const Shown&, const Shown::Choice& choice) override {
        return post({{"tap", choice.id}, {"title", choice.title}});
    }
    std::string share(const std::string&, const std::string&) override {
        throw std::runtime_error("the web chat cannot share a contact");
    }
    std::string sticker() override { throw std::runtime_error("the web chat has no stickers"); }
    std::string burst(const std::vector<std::string>&) override {
        throw std::runtime_error("the web chat sends one message at a time");
    }

    std::optional<Shown> next(std::chrono::milliseconds limit) override {
        const auto deadline = steady_clock::now() + limit;
        while (waiting_.empty()) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
            const auto wait = std::clamp<std::int64_t>(left, 0, 20000);
            const HttpAnswer answer =
                call({"GET", url_ + "?after=" + std::to_string(seen_) + "&wait=" + std::to_string(wait)});
            if (answer.status != 200) throw std::runtime_error("reading the chat: " + answer.body);
            take(json::parse(answer.body));
            if (waiting_.empty() && steady_clock::now() >= deadline) return std::nullopt;
        }
        Shown shown = std::move(waiting_.front());
        waiting_.erase(waiting_.begin());
        return shown;
    }
    [[nodiscard]] std::string person_id() const override {
        return host::new_person_id("chat", "chat:" + name_);
    }

private:
    std::string post(json message) {
        message["id"] = "m" + std::to_string(++sent_);
        const HttpAnswer answer = call({"POST", url_, message.dump(), "application/json"});
        if (answer.status != 200) throw std::runtime_error("writing to the chat: " + answer.body);
        return json::parse(answer.body).at("message_id");
    }
    void take(const json& page) {
        for (const json& line : page.at("lines")) {
            seen_ = line.at("position");
            if (line.at("from") != "bot") continue;
            const json& body = line.at("body");
            Shown shown;
            shown.id = line.at("message_id");
            shown.text = body.value("text", "");
            if (body.contains("buttons")) read_choices(body.at("buttons"), shown);
            if (body.contains("rows")) {
                shown.is_list = true;
                shown.list_button = body.value("button", "");
                read_choices(body.at("rows"), shown);
            }
            if (body.contains("url")) {
                shown.link_title = body.value("title", "");
                shown.link_url = body.at("url");
            }
            waiting_.push_back(std::move(shown));
        }
    }

    World& world_;
    const std::string name_, url_;
    std::int64_t seen_ = 0;
    int sent_ = 0;
    std::vector<Shown> waiting_;
};

/// WhatsApp: signed webhooks in, the stand-in Graph out.
class WhatsAppLine final : public Line {
public:
    WhatsAppLine(World& world, int person, const std::string& name) : world_(world) {
        person_.phone = "1555" + std::to_string(1000000 + person);
        person_.name = name;
        seen_ = world_.graph().messages().size();
    }

    std::string say(const std::string& text, const std::string& quoted, bool forwarded) override {
        json content = {{"type", "text"}, {"text", {{"body", text}}}};
        if (!quoted.empty()) content["context"] = {{"from", "15550783881"}, {"id", quoted}};
        if (forwarded) content["context"] = {{"forwarded", true}};
        return post(content);
    }
    std::string tap(const Shown& on, const Shown::Choice& choice) override {
        const std::string type = on.is_list ? "list_reply" : "button_reply";
        json reply = {{"id", choice.id}, {"title", choice.title}};
        if (on.is_list && !choice.hint.empty()) reply["description"] = choice.hint;
        return post({{"type", "interactive"},
                     {"interactive", {{"type", type}, {type, reply}}},
                     {"context", {{"from", "15550783881"}, {"id", on.id}}}});
    }
    std::string share(const std::string& name, const std::string& address) override {
        json card = {{"name", {{"formatted_name", name}, {"first_name", name}}}};
        if (address.find('@') != std::string::npos)
            card["emails"] = json::array({{{"email", address}, {"type", "WORK"}}});
        else if (!address.empty())
            card["phones"] = json::array({{{"phone", address}, {"type", "CELL"}}});
        return post({{"type", "contacts"}, {"contacts", json::array({card})}});
    }
    std::string sticker() override {
        return post({{"type", "sticker"},
                     {"sticker", {{"id", "sticker-1"}, {"mime_type", "image/webp"}, {"sha256", "c2hh"}}}});
    }

    std::string burst(const std::vector<std::string>& texts) override {
        std::string wamid;
        json messages = json::array();
        for (const std::string& text : texts) {
            wamid = "wamid." + person_.phone + "." + std::to_string(++sent_);
            messages.push_back(standins::webhook_message(person_, wamid, world_.clock().unix_ms() / 1000,
                                                         {{"type", "text"}, {"text", {{"body", text}}}}));
        }
        deliver(messages);
        return wamid;
    }

    std::optional<Shown> next(std::chrono::milliseconds limit) override {
        const auto deadline = steady_clock::now() + limit;
        while (true) {
            const auto messages = world_.graph().messages();
            for (; seen_ < messages.size(); ++seen_)
                if (messages[seen_].to == person_.phone) return read(messages[seen_++]);
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
            if (left.count() <= 0 || !world_.graph().wait_for_messages(seen_ + 1, left)) return std::nullopt;
        }
    }
    [[nodiscard]] std::string person_id() const override {
        return host::new_person_id("whatsapp", "tel:" + person_.phone);
    }

private:
    std::string post(const json& content) {
        const std::string wamid = "wamid." + person_.phone + "." + std::to_string(++sent_);
        const json message =
            standins::webhook_message(person_, wamid, world_.clock().unix_ms() / 1000, content);
        deliver(json::array({message}));
        return wamid;
    }
    void deliver(const json& messages) {
        const auto answer = standins::post_webhook(world_.url() + "/webhook", kAppSecret,
                                                   standins::webhook_body(person_, messages));
        if (answer.status != 200)
            throw std::runtime_error("the webhook answered " + std::to_string(answer.status));
    }
    /// "(later es_CO) In 1 hour: …": its name and language, and the one parameter of its body.
    static std::string read_template(const json& sent) {
        const json& components = sent.at("components");
        if (components.size() != 1 || components.at(0).at("type") != "body" ||
            components.at(0).at("parameters").size() != 1)
            throw std::runtime_error("a template that is not a body with one parameter: " + sent.dump());
        return "(" + sent.at("name").get<std::string>() + " " +
               sent.at("language").at("code").get<std::string>() + ") " +
               components.at(0).at("parameters").at(0).at("text").get<std::string>();
    }
    static Shown read(const standins::GraphMessage& message) {
        const json body = json::parse(message.body);
        Shown shown;
        shown.id = message.wamid;
        if (body.at("type") == "text") {
            shown.text = body.at("text").at("body");
            return shown;
        }
        if (body.at("type") == "document") {
            shown.text = "[" + body.at("document").at("filename").get<std::string>() + "] " +
                         body.at("document").value("caption", "");
            return shown;
        }
        if (body.at("type") == "template") {
            shown.text = read_template(body.at("template"));
            return shown;
        }
        if (body.at("type") != "interactive")
            throw std::runtime_error("an answer of type " + body.at("type").dump());
        const json& interactive = body.at("interactive");
        shown.text = interactive.at("body").at("text");
        const json& action = interactive.at("action");
        if (action.contains("buttons"))
            for (const json& button : action.at("buttons"))
                shown.choices.push_back({button.at("reply").at("id"), button.at("reply").at("title"), ""});
        if (action.contains("sections")) {
            shown.is_list = true;
            shown.list_button = action.at("button");
            for (const json& section : action.at("sections")) read_choices(section.at("rows"), shown);
        }
        if (action.contains("parameters")) {
            shown.link_title = action.at("parameters").at("display_text");
            shown.link_url = action.at("parameters").at("url");
        }
        return shown;
    }

    World& world_;
    standins::WebhookPerson person_;
    std::size_t seen_ = 0;
    int sent_ = 0;
};

}  // namespace

std::string write_shown(const Shown& shown) {
    std::string text = shown.text;
    if (!shown.link_url.empty()) text += " <" + shown.link_title + ">";
    if (shown.is_list) text += " {" + shown.list_button + "}";
    for (const Shown::Choice& choice : shown.choices) {
        text += shown.is_list ? " ▸ " + choice.title : " [" + choice.title + "]";
        if (!choice.hint.empty()) text += " (" + choice.hint + ")";
    }
    std::string out;
    for (const char c : text) {
        const char one = c == '\n' ? ' ' : c;
        if (one == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += one;
    }
    return out;
}

std::unique_ptr<Line> chat_line(World& world, int person) {
    return std::make_unique<ChatLine>(world, person);
}

std::unique_ptr<Line> whatsapp_line(World& world, int person, const std::string& name) {
    return std::make_unique<WhatsAppLine>(world, person, name);
}

}  // namespace migue::conversations
