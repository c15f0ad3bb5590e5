#include "host/channels/whatsapp/decode.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "host/channels/whatsapp/decode_content.hpp"
#include "host/channels/whatsapp/incoming_json.hpp"

namespace migue::host::whatsapp {

namespace {

using nlohmann::json;

/// Ids are keys of rows; Meta's own have less than a hundred bytes.
constexpr std::size_t kMaxId = 512;

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= kMaxId &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_phone(std::string_view text) {
    return text.size() >= 5 && text.size() <= 20 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A business-scoped user id: "US.13491208655302741918".
bool is_user_id(std::string_view text) {
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (text.size() < 4 || !upper(text[0]) || !upper(text[1]) || text[2] != '.') return false;
    text.remove_prefix(3);
    return text.size() <= 128 && std::all_of(text.begin(), text.end(), [&](char c) {
               return upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
           });
}

/// Who wrote, under every name the payload gives, newest and steadiest first.
struct Sender {
    std::vector<std::string> user_ids, phones;
};

void add(std::vector<std::string>& list, std::string_view value, bool (*valid)(std::string_view)) {
    if (valid(value) && std::find(list.begin(), list.end(), value) == list.end()) list.emplace_back(value);
}

/// The entry of contacts[] that speaks about this sender: by one of his names.
const json* contact_of(const json& value, std::string_view from, std::string_view user_id) {
    const json* contacts = array_in(value, "contacts");
    if (!contacts) return nullptr;
    for (const json& contact : *contacts) {
        const bool by_phone = !from.empty() && text_in(contact, "wa_id") == from;
        const bool by_user = !user_id.empty() && text_in(contact, "user_id") == user_id;
        if (by_phone || by_user) return &contact;
    }
    return nullptr;
}

Sender sender_of(const json& message, const json& value) {
    Sender sender;
    if (const json* system = object_in(message, "system")) {
        add(sender.user_ids, text_in(*system, "user_id"), is_user_id);
        add(sender.phones, text_in(*system, "wa_id"), is_phone);
    }
    const auto from = text_in(message, "from");
    const auto user_id = text_in(message, "from_user_id");
    add(sender.user_ids, user_id, is_user_id);
    add(sender.phones, from, is_phone);
    if (const json* contact = contact_of(value, from, user_id)) {
        add(sender.user_ids, text_in(*contact, "user_id"), is_user_id);
        add(sender.phones, text_in(*contact, "wa_id"), is_phone);
    }
    return sender;
}

/// The phone number where it is known: a user id inside "to" does not arrive.
std::string address_of(const Sender& sender) {
    if (!sender.phones.empty()) return json{{"to", "+" + sender.phones.front()}}.dump();
    return json{{"recipient", sender.user_ids.front()}}.dump();
}

class Walk {
public:
    explicit Walk(std::string_view ours) : ours_(ours) {}

    Decoded take() && { return std::move(out_); }

    void envelope(std::string_view body) {
        const auto root = parse_incoming(body);
        const json* entries = root ? array_in(*root, "entry") : nullptr;
        if (!entries || text_in(*root, "object") != "whatsapp_business_account") {
            ++out_.counts.unreadable;
            return;
        }
        for (const json& entry : *entries) {
            const json* changes = array_in(entry, "changes");
            if (!changes) ++out_.counts.unusable;
            for (std::size_t i = 0; changes && i < changes->size(); ++i) change((*changes)[i]);
        }
    }

private:
    void change(const json& change) {
        const json* field = member(change, "field");
        const json* value = object_in(change, "value");
        if (!field || !field->is_string()) {
            ++out_.counts.unusable;
        } else if (text_in(change, "field") != "messages") {
            ++out_.counts.other_fields;
        } else if (!value) {
            ++out_.counts.unusable;
        } else {
            messages_value(*value);
        }
    }

    void messages_value(const json& value) {
        const json* metadata = object_in(value, "metadata");
        const auto account = metadata ? text_in(*metadata, "phone_number_id") : std::string_view();
        const json* messages = array_in(value, "messages");
        const json* statuses = array_in(value, "statuses");
        if (const json* errors = array_in(value, "errors")) out_.counts.errors += errors->size();
        if (account != ours_) {
            const auto count = (messages ? messages->size() : 0) + (statuses ? statuses->size() : 0);
            (account.empty() ? out_.counts.unusable : out_.counts.foreign) += count;
            return;
        }
        for (std::size_t i = 0; messages && i < messages->size(); ++i) message((*messages)[i], value);
        for (std::size_t i = 0; statuses && i < statuses->size(); ++i) status((*statuses)[i]);
    }

    void message(const json& element, const json& value) {
        if (const json* group = member(element, "group_id"); group && !group->is_null()) {
            ++out_.counts.groups;
            return;
        }
        auto read = read_message(element, value);
        if (!read) {
            ++out_.counts.unusable;
            return;
        }
        out_.messages.push_back(std::move(*read));
    }

    std::optional<InboundMessage> read_message(const json& element, const json& value) {
        const auto id = text_in(element, "id");
        const auto sent = unix_ms_in(element, "timestamp");
        if (!is_id(id) || !sent || holds_nul(element)) return std::nullopt;
        const Sender sender = sender_of(element, value);
        if (sender.user_ids.empty() && sender.phones.empty()) return std::nullopt;
        auto content = decode_content(element);
        if (!content) return std::nullopt;
        if (!content->known) ++out_.counts.unknown_kinds;

        InboundMessage message;
        message.channel = "whatsapp";
        message.account = ours_;
        message.message_id = id;
        for (const std::string& user_id : sender.user_ids) message.identities.push_back("bsuid:" + user_id);
        for (const std::string& phone : sender.phones) message.identities.push_back("tel:" + phone);
        message.address_json = address_of(sender);
        message.kind = content->kind;
        message.text = std::move(content->text);
        content->input["kind"] = std::move(content->kind);
        message.input_json = content->input.dump();
        if (!sender.user_ids.empty()) message.region = sender.user_ids.front().substr(0, 2);
        message.sent_unix_ms = *sent;
        return message;
    }

    void status(const json& element) {
        const auto id = text_in(element, "id");
        const auto name = text_in(element, "status");
        if (!is_id(id) || !is_id(name) || holds_nul(element)) {
            ++out_.counts.unusable;
            return;
        }
        StatusUpdate update{std::string(id), std::string(name),
                            std::string(text_in(element, "biz_opaque_callback_data")), 0,
                            unix_ms_in(element, "timestamp").value_or(0)};
        const json* errors = array_in(element, "errors");
        const json* code = errors && !errors->empty() ? member(errors->front(), "code") : nullptr;
        if (code && code->is_number_integer()) update.error_code = code->get<int>();
        out_.statuses.push_back(std::move(update));
    }

    const std::string ours_;
    Decoded out_;
};

}  // namespace

Decoded decode(std::string_view body, std::string_view our_phone_number_id) {
    Walk walk(our_phone_number_id);
    walk.envelope(body);
    return std::move(walk).take();
}

}  // namespace migue::host::whatsapp
