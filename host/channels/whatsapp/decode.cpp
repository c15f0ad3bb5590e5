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

/// "User Ana changed from 15550100001 to 15550100009": the old name, where no member tells it.
/// Read from the end, as the person chose what stands in the middle.
std::string_view old_name_in(std::string_view text) {
    constexpr std::string_view kFrom = " changed from ";
    constexpr std::string_view kTo = " to ";
    const std::size_t from = text.rfind(kFrom);
    if (from == std::string_view::npos) return {};
    text.remove_prefix(from + kFrom.size());
    return text.substr(0, std::min(text.find(kTo), text.size()));
}

/// A number or an id was changed: the person has the new and the old names.
void add_changed(const json& system, Sender& sender) {
    add(sender.user_ids, text_in(system, "user_id"), is_user_id);
    add(sender.user_ids, text_in(system, "previous_user_id"), is_user_id);
    add(sender.phones, text_in(system, "wa_id"), is_phone);
    const auto old_name = old_name_in(text_in(system, "body"));
    add(sender.user_ids, old_name, is_user_id);
    add(sender.phones, old_name, is_phone);
}

bool is_change_of_name(const json& message) {
    const json* system = object_in(message, "system");
    if (!system || text_in(message, "type") != "system") return false;
    const auto type = text_in(*system, "type");
    return type == "user_changed_number" || type == "user_changed_user_id" ||
           type == "customer_changed_number";
}

Sender sender_of(const json& message, const json& value) {
    Sender sender;
    if (is_change_of_name(message)) add_changed(*object_in(message, "system"), sender);
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

std::optional<Delivery::State> state_of(std::string_view status) {
    using State = Delivery::State;
    constexpr std::pair<std::string_view, State> kStates[] = {{"sent", State::kSent},
                                                              {"delivered", State::kDelivered},
                                                              {"read", State::kRead},
                                                              {"played", State::kPlayed},
                                                              {"failed", State::kFailed}};
    for (const auto& [name, state] : kStates)
        if (name == status) return state;
    return std::nullopt;
}

int first_error_in(const json& element) {
    const json* errors = array_in(element, "errors");
    const json* code = errors && !errors->empty() ? member(errors->front(), "code") : nullptr;
    return code && code->is_number_integer() ? code->get<int>() : 0;
}

/// A price list of a few words, or nothing.
std::string pricing_of(const json& element) {
    constexpr std::size_t kMaxPricing = 1024;
    const json* pricing = object_in(element, "pricing");
    if (!pricing || holds_nul(*pricing)) return "";
    std::string text = pricing->dump(-1, ' ', false, json::error_handler_t::replace);
    return text.size() <= kMaxPricing ? text : "";
}

class Walk {
public:
    explicit Walk(std::span<const std::string> ours) : ours_(ours) {}

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
        } else if (text_in(change, "field") == "user_id_update" && value) {
            user_ids_value(*value);
        } else if (text_in(change, "field") != "messages") {
            ++out_.counts.other_fields;
        } else if (!value) {
            ++out_.counts.unusable;
        } else {
            messages_value(*value);
        }
    }

    /// Which of our numbers the value is about.
    const std::string* account_in(const json& value) const {
        const json* metadata = object_in(value, "metadata");
        const auto account = metadata ? text_in(*metadata, "phone_number_id") : std::string_view();
        const auto found = std::find(ours_.begin(), ours_.end(), account);
        return found == ours_.end() ? nullptr : &*found;
    }

    /// Business-scoped user ids that were changed.
    void user_ids_value(const json& value) {
        const json* updates = array_in(value, "user_id_update");
        if (!updates || !account_in(value)) {
            ++(updates ? out_.counts.foreign : out_.counts.unusable);
            return;
        }
        for (const json& update : *updates) {
            auto read = read_user_id_update(update, *account_in(value));
            if (read)
                out_.messages.push_back(std::move(*read));
            else
                ++out_.counts.unusable;
        }
    }

    static std::optional<InboundMessage> read_user_id_update(const json& update, const std::string& account) {
        const json* ids = object_in(update, "user_id");
        if (!ids) return std::nullopt;
        Sender sender;
        add(sender.user_ids, text_in(*ids, "current"), is_user_id);
        if (sender.user_ids.empty()) return std::nullopt;
        add(sender.user_ids, text_in(*ids, "previous"), is_user_id);
        add(sender.phones, text_in(update, "wa_id"), is_phone);
        Content content{"system", "", {{"system", "user_changed_user_id"}}};
        content.expects_answer = false;
        // It has no id of its own; brought again it must be known again.
        const std::string id = "user_id_update:" + sender.user_ids.back() + ":" + sender.user_ids.front();
        InboundMessage message =
            message_of(account, id, sender, std::move(content), unix_ms_in(update, "timestamp").value_or(0));
        message.renamed = true;
        return message;
    }

    void messages_value(const json& value) {
        const std::string* account = account_in(value);
        const json* messages = array_in(value, "messages");
        const json* statuses = array_in(value, "statuses");
        if (const json* errors = array_in(value, "errors")) out_.counts.errors += errors->size();
        if (!account) {
            const auto count = (messages ? messages->size() : 0) + (statuses ? statuses->size() : 0);
            const json* metadata = object_in(value, "metadata");
            const bool is_nobodys = !metadata || text_in(*metadata, "phone_number_id").empty();
            (is_nobodys ? out_.counts.unusable : out_.counts.foreign) += count;
            return;
        }
        for (std::size_t i = 0; messages && i < messages->size(); ++i)
            message((*messages)[i], value, *account);
        for (std::size_t i = 0; statuses && i < statuses->size(); ++i) status((*statuses)[i]);
    }

    void message(const json& element, const json& value, const std::string& account) {
        if (const json* group = member(element, "group_id"); group && !group->is_null()) {
            ++out_.counts.groups;
            return;
        }
        auto read = read_message(element, value, account);
        if (!read) {
            ++out_.counts.unusable;
            return;
        }
        out_.messages.push_back(std::move(*read));
    }

    std::optional<InboundMessage> read_message(const json& element, const json& value,
                                               const std::string& account) {
        const auto id = text_in(element, "id");
        const auto sent = unix_ms_in(element, "timestamp");
        if (!is_id(id) || !sent) return std::nullopt;
        const Sender sender = sender_of(element, value);
        if (sender.user_ids.empty() && sender.phones.empty()) return std::nullopt;
        auto content = decode_content(element);
        if (!content) return std::nullopt;
        if (!content->known) ++out_.counts.unknown_kinds;
        InboundMessage message = message_of(account, id, sender, std::move(*content), *sent);
        message.renamed = is_change_of_name(element);
        return message;
    }

    static InboundMessage message_of(const std::string& account, std::string_view id, const Sender& sender,
                                     Content content, std::int64_t sent_unix_ms) {
        InboundMessage message;
        message.channel = "whatsapp";
        message.account = account;
        message.message_id = id;
        for (const std::string& user_id : sender.user_ids) message.identities.push_back("bsuid:" + user_id);
        for (const std::string& phone : sender.phones) message.identities.push_back("tel:" + phone);
        message.address_json = address_of(sender);
        message.kind = content.kind;
        message.text = std::move(content.text);
        content.input["kind"] = std::move(content.kind);
        message.input_json = content.input.dump();
        if (!sender.user_ids.empty()) message.region = sender.user_ids.front().substr(0, 2);
        message.sent_unix_ms = sent_unix_ms;
        message.expects_answer = content.expects_answer;
        return message;
    }

    void status(const json& element) {
        const auto id = text_in(element, "id");
        const auto name = text_in(element, "status");
        if (!is_id(id) || !is_id(name)) {
            ++out_.counts.unusable;
            return;
        }
        const auto state = state_of(name);
        if (!state) {
            ++out_.counts.other_statuses;
            return;
        }
        Delivery news;
        if (const auto ours = text_in(element, "biz_opaque_callback_data"); is_id(ours))
            news.reply_name = ours;
        news.channel_message_id = id;
        news.state = *state;
        news.unix_ms = unix_ms_in(element, "timestamp").value_or(0);
        news.error_code = first_error_in(element);
        news.pricing_json = pricing_of(element);
        out_.statuses.push_back(std::move(news));
    }

    const std::span<const std::string> ours_;
    Decoded out_;
};

}  // namespace

Decoded decode(std::string_view body, std::span<const std::string> our_phone_number_ids) {
    Walk walk(our_phone_number_ids);
    walk.envelope(body);
    return std::move(walk).take();
}

}  // namespace migue::host::whatsapp
