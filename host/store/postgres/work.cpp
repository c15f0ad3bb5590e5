#include "host/store/postgres/work.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "host/store/identity.hpp"
#include "host/store/postgres/doubts.hpp"
#include "host/store/postgres/sql_text.hpp"

namespace migue::host::postgres {

namespace {

using Json = nlohmann::json;

Work about(Kind kind, const std::string& conversation_id) {
    Work work;
    work.kind = kind;
    work.conversations = {sql_text(conversation_id)};
    work.lane = work.conversations.front();
    return work;
}

Json names_json(const InboundMessage& message) {
    Json identities = Json::array();
    for (const std::string& identity : message.identities) identities.push_back(sql_text(identity));
    const std::string& first = message.identities.front();
    return Json{{"channel", sql_text(message.channel)},
                {"account", sql_text(message.account)},
                {"identities", std::move(identities)},
                {"renamed", message.renamed},
                {"new_conversation", new_conversation_id(message.channel, message.account, first)},
                {"new_person", new_person_id(message.channel, first)}};
}

Json message_json(const InboundMessage& message, std::int64_t key, std::int64_t now_unix_ms) {
    return Json{{"key", key},
                {"address_json", sql_text(message.address_json)},
                {"message_id", sql_text(message.message_id)},
                {"kind", sql_text(message.kind)},
                {"text", sql_text(message.text)},
                {"input_json", sql_text(message.input_json)},
                {"locale", sql_text(message.locale)},
                {"region", sql_text(message.region)},
                {"sent_unix_ms", message.sent_unix_ms},
                {"expects_answer", message.expects_answer},
                {"received_unix_ms", now_unix_ms}};
}

Json job_json(const Job& job) {
    return Json{{"conversation_id", sql_text(job.conversation_id)},
                {"plugin", sql_text(job.plugin)},
                {"key", sql_text(job.key)},
                {"payload_json", sql_text(job.payload_json)},
                {"at_unix_ms", job.at_unix_ms},
                {"attempt", job.attempt}};
}

Json settled_json(const char* how, const OutboundReply& reply) {
    return Json{{"how", how},
                {"conversation_id", sql_text(reply.conversation_id)},
                {"sequence", reply.sequence},
                {"attempt", reply.attempt + 1}};
}

Work settled(Json item, const OutboundReply& reply) {
    Work work = about(Kind::kSettled, reply.conversation_id);
    work.items.push_back(item.dump());
    return work;
}

OpenTurn turn_of(const Json& json) {
    OpenTurn turn;
    json.at("conversation_id").get_to(turn.conversation_id);
    json.at("person_id").get_to(turn.person_id);
    json.at("sequence").get_to(turn.sequence);
    json.at("received_unix_ms").get_to(turn.received_unix_ms);
    json.at("attempt").get_to(turn.attempt);
    json.at("job_plugin").get_to(turn.job_plugin);
    InboundMessage& message = turn.message;
    json.at("message_id").get_to(message.message_id);
    json.at("channel").get_to(message.channel);
    json.at("account").get_to(message.account);
    json.at("address_json").get_to(message.address_json);
    json.at("kind").get_to(message.kind);
    json.at("text").get_to(message.text);
    json.at("input_json").get_to(message.input_json);
    json.at("locale").get_to(message.locale);
    json.at("region").get_to(message.region);
    json.at("sent_unix_ms").get_to(message.sent_unix_ms);
    json.at("expects_answer").get_to(message.expects_answer);
    return turn;
}

}  // namespace

Work write_messages(const std::vector<InboundMessage>& messages, std::int64_t now_unix_ms) {
    Work work;
    work.kind = Kind::kMessages;
    for (const InboundMessage& message : messages) {
        work.keys.push_back(new_key());
        work.items.push_back(message_json(message, work.keys.back(), now_unix_ms).dump());
        work.names.push_back(names_json(message).dump());
    }
    if (!messages.empty()) work.lane = messages.front().identities.front();
    return work;
}

Work write_turn(const FinishedTurn& turn, std::int64_t now_unix_ms) {
    Work work = about(Kind::kTurns, turn.conversation_id);
    work.keys = {new_key()};
    Json replies = Json::array();
    for (const Reply& reply : turn.replies)
        replies.push_back(Json::array({sql_text(reply.kind), sql_text(reply.body_json)}));
    Json item{{"key", work.keys.front()},
              {"conversation_id", work.lane},
              {"sequence", turn.sequence},
              {"message_id", sql_text(turn.message_id)},
              {"now_unix_ms", now_unix_ms},
              {"outcome", sql_text(turn.outcome)},
              {"plugin", sql_text(turn.plugin)},
              {"trace_json", sql_text(turn.trace_json)},
              {"replies", std::move(replies)},
              {"has_replies", !turn.replies.empty()},
              {"locale", sql_text(turn.locale)},
              {"asked_plugin", sql_text(turn.asked_plugin)},
              {"asked_until_unix_ms", turn.asked_until_unix_ms},
              {"keeps_question", turn.keeps_question},
              {"told", turn.told}};
    if (turn.state) {
        item["state_version"] = turn.state->version;
        item["state_json"] = sql_text(turn.state->json);
    }
    if (turn.again) {
        item["again"] = job_json(*turn.again);
        work.conversations.push_back(sql_text(turn.again->conversation_id));
    }
    work.items.push_back(item.dump());
    return work;
}

Work write_join(const JoinedTurn& turn, std::int64_t now_unix_ms) {
    Work work = about(Kind::kTurns, turn.conversation_id);
    work.keys = {new_key()};
    Json others = Json::array();
    for (const JoinedTurn::Message& other : turn.others)
        others.push_back(Json{{"sequence", other.sequence}, {"trace_json", sql_text(other.trace_json)}});
    work.items.push_back(Json{
        {"key", work.keys.front()},
        {"conversation_id", work.lane},
        {"sequence", turn.sequence},
        {"now_unix_ms", now_unix_ms},
        {"joins", std::move(others)},
        {"input_json", sql_text(turn.input_json)},
        {"sent_unix_ms",
         turn.sent_unix_ms}}.dump());
    return work;
}

Work write_sent(const OutboundReply& reply, const std::string& channel_message_id, std::int64_t now_unix_ms) {
    Json item = settled_json("sent", reply);
    item["channel_message_id"] = sql_text(channel_message_id);
    item["now_unix_ms"] = now_unix_ms;
    return settled(std::move(item), reply);
}

Work write_postponed(const OutboundReply& reply, const std::string& why) {
    Json item = settled_json("postponed", reply);
    item["due_unix_ms"] = reply.due_unix_ms;
    item["uncertain"] = reply.uncertain;
    item["why"] = sql_text(why);
    return settled(std::move(item), reply);
}

Work write_buried(const OutboundReply& reply, const std::string& why, bool untold, std::int64_t now_unix_ms) {
    Json item = settled_json("buried", reply);
    item["why"] = sql_text(why);
    item["untold"] = untold;
    item["now_unix_ms"] = now_unix_ms;
    return settled(std::move(item), reply);
}

Work write_news(const std::vector<Delivery>& news, std::int64_t now_unix_ms,
                std::vector<std::size_t>& places) {
    Work work;
    work.kind = Kind::kNews;
    for (std::size_t i = 0; i < news.size(); ++i) {
        const Delivery& one = news[i];
        const auto name = read_reply_name(one.reply_name);
        if (!name) continue;
        places.push_back(i);
        work.conversations.push_back(sql_text(name->conversation_id));
        work.items.push_back(Json{
            {"key", new_key()},
            {"conversation_id", work.conversations.back()},
            {"sequence", name->sequence},
            {"created_unix_ms", name->created_unix_ms},
            {"channel_message_id", sql_text(one.channel_message_id)},
            {"state", static_cast<int>(one.state)},
            {"unix_ms", one.unix_ms},
            {"error_code", one.error_code},
            {"pricing_json", sql_text(one.pricing_json)},
            {"has_failed", one.state == Delivery::State::kFailed},
            {"now_unix_ms",
             now_unix_ms}}.dump());
    }
    if (!work.conversations.empty()) work.lane = work.conversations.front();
    return work;
}

Work write_job(const Job& job) {
    Work work = about(Kind::kJobs, job.conversation_id);
    Json item = job_json(job);
    item["is_put"] = true;
    work.items.push_back(item.dump());
    return work;
}

Work write_no_job(const Job& job) {
    Work work = about(Kind::kJobs, job.conversation_id);
    Json item = job_json(job);
    item["is_put"] = false;
    work.items.push_back(item.dump());
    return work;
}

Work write_due(const std::vector<Job>& jobs, const std::vector<OpenTurn>& turns) {
    Work work;
    work.kind = Kind::kDue;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        work.keys.push_back(new_key());
        work.conversations.push_back(jobs[i].conversation_id);
        work.items.push_back(Json{{"key", work.keys.back()},
                                  {"conversation_id", jobs[i].conversation_id},
                                  {"plugin", jobs[i].plugin},
                                  {"job_key", jobs[i].key},
                                  {"at_unix_ms", jobs[i].at_unix_ms},
                                  {"attempt", jobs[i].attempt},
                                  {"message_id", turns[i].message.message_id},
                                  {"input_json", turns[i].message.input_json},
                                  {"now_unix_ms", turns[i].received_unix_ms}}
                                 .dump());
    }
    if (!jobs.empty()) work.lane = jobs.front().conversation_id;
    return work;
}

Written read_written(const Row& row) {
    Written written;
    written.place = static_cast<std::size_t>(row.integer("place"));
    written.conversation_id = row.text("conversation_id");
    written.person_id = row.text("person_id");
    written.sequence = row.integer("sequence");
    written.is_duplicate = row.boolean("is_duplicate");
    written.is_done = row.boolean("is_done");
    written.before_by = row.text("before_by");
    written.more = row.text("more");
    return written;
}

OpenTurn read_turn(const std::string& json) {
    return turn_of(Json::parse(json));
}

std::vector<OpenTurn> read_turns(const std::string& json) {
    std::vector<OpenTurn> turns;
    if (json.empty()) return turns;
    for (const Json& turn : Json::parse(json)) turns.push_back(turn_of(turn));
    return turns;
}

OutboundReply read_reply(const std::string& text) {
    const Json json = Json::parse(text);
    OutboundReply reply;
    json.at("conversation_id").get_to(reply.conversation_id);
    json.at("message_id").get_to(reply.message_id);
    json.at("ordinal").get_to(reply.ordinal);
    json.at("sequence").get_to(reply.sequence);
    json.at("channel").get_to(reply.channel);
    json.at("account").get_to(reply.account);
    json.at("address_json").get_to(reply.address_json);
    json.at("kind").get_to(reply.reply.kind);
    json.at("body_json").get_to(reply.reply.body_json);
    json.at("created_unix_ms").get_to(reply.created_unix_ms);
    json.at("due_unix_ms").get_to(reply.due_unix_ms);
    json.at("attempt").get_to(reply.attempt);
    json.at("uncertain").get_to(reply.uncertain);
    json.at("person_wrote_unix_ms").get_to(reply.person_wrote_unix_ms);
    return reply;
}

std::vector<OutboundReply> read_replies(const FinishedTurn& turn, std::int64_t now_unix_ms,
                                        const std::string& text) {
    std::vector<OutboundReply> replies;
    if (turn.replies.empty()) return replies;
    const Json json = Json::parse(text);
    OutboundReply reply;
    reply.conversation_id = turn.conversation_id;
    reply.message_id = turn.message_id;
    json.at("channel").get_to(reply.channel);
    json.at("account").get_to(reply.account);
    json.at("address_json").get_to(reply.address_json);
    json.at("person_wrote_unix_ms").get_to(reply.person_wrote_unix_ms);
    reply.created_unix_ms = now_unix_ms;
    reply.due_unix_ms = now_unix_ms;
    for (const Reply& said : turn.replies) {
        const auto ordinal = static_cast<std::size_t>(reply.ordinal);
        json.at("sequences").at(ordinal).get_to(reply.sequence);
        reply.reply = said;
        replies.push_back(reply);
        ++reply.ordinal;
    }
    return replies;
}

}  // namespace migue::host::postgres
