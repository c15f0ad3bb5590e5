// Decode under broken input: seeded mutations of real-looking bodies, the same at every run.
// Repeat a finding with its seed, which the failure prints.
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <random>

#include "host/channels/whatsapp/decode.hpp"
#include "host/channels/whatsapp/text_size.hpp"
#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::host::whatsapp {
namespace {

using nlohmann::json;

const std::vector<std::string> kOurs{"106540352242922"};
constexpr int kRounds = 6000;

std::vector<std::string> corpus() {
    using namespace standins;
    WebhookPerson person;
    person.user_id = "CO.134";
    const json contents = {
        {{"type", "text"},
         {"text", {{"body", "\u00BFma\u00F1ana a las 3? \U0001F600"}}},
         {"context", {{"id", "wamid.0"}, {"forwarded", true}}}},
        {{"type", "interactive"},
         {"interactive", {{"type", "list_reply"}, {"list_reply", {{"id", "r"}, {"title", "t"}}}}}},
        {{"type", "document"}, {"document", {{"id", "1"}, {"filename", "a.pdf"}, {"caption", "c"}}}},
        {{"type", "location"}, {"location", {{"latitude", 4.5}, {"longitude", -74.0}}}},
        {{"type", "contacts"},
         {"contacts", {{{"name", {{"formatted_name", "C"}}}, {"emails", {{{"email", "c@example.test"}}}}}}}},
        {{"type", "order"}, {"order", {{"product_items", {{{"quantity", 1}, {"item_price", 2.5}}}}}}},
        {{"type", "system"}, {"system", {{"type", "user_changed_number"}, {"wa_id", "15550100009"}}}},
        {{"type", "hologram"}}};
    std::vector<std::string> out;
    json all = json::array();
    for (const json& content : contents) {
        const json message =
            webhook_message(person, "wamid." + std::to_string(all.size()), 1795348800, content);
        out.push_back(webhook_body(person, json::array({message})));
        all.push_back(message);
    }
    out.push_back(webhook_body(person, all));
    return out;
}

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::string mutate(std::string body) {
        const int changes = 1 + static_cast<int>(below(6));
        for (int i = 0; i < changes && !body.empty(); ++i) change(body);
        return body;
    }

private:
    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }

    void change(std::string& body) {
        static const std::vector<std::string> kPieces = {"null",
                                                         "{}",
                                                         "[]",
                                                         "\"\"",
                                                         "-1",
                                                         "1e308",
                                                         "1e999",
                                                         "true",
                                                         "\\ud800",
                                                         "\\u0000",
                                                         "\xff",
                                                         "\xed\xa0\x80",
                                                         "\"",
                                                         "\\",
                                                         "{",
                                                         "}",
                                                         "[",
                                                         "]",
                                                         ",",
                                                         ":",
                                                         "\n",
                                                         std::string(1, '\0'),
                                                         std::string(70, '['),
                                                         "\"type\":\"image\",",
                                                         "\"id\":7,",
                                                         "99999999999999999999"};
        const std::size_t at = below(body.size());
        const std::size_t length = std::min(body.size() - at, 1 + below(20));
        switch (below(6)) {
            case 0:
                body[at] = static_cast<char>(below(256));
                break;
            case 1:
                body.erase(at, length);
                break;
            case 2:
                body.insert(at, kPieces[below(kPieces.size())]);
                break;
            case 3:
                body.replace(at, length, kPieces[below(kPieces.size())]);
                break;
            case 4:
                body.insert(below(body.size()), body.substr(at, length));
                break;
            default:
                body.resize(at);
                break;
        }
    }

    std::mt19937_64 random_;
};

/// What the store and the plugins may rely on, whatever came in.
void expect_sound(const InboundMessage& message) {
    EXPECT_FALSE(message.message_id.empty());
    EXPECT_FALSE(message.identities.empty());
    EXPECT_LE(code_points(message.text), 4096u);
    EXPECT_EQ(message.text.find('\0'), std::string::npos);
    EXPECT_EQ(json::parse(message.input_json).at("kind"), message.kind);
    EXPECT_EQ(json::parse(message.address_json).size(), 1u);
    EXPECT_NO_THROW(static_cast<void>(json(message.text).dump())) << "text that is no UTF-8";
    EXPECT_GE(message.sent_unix_ms, 0);
}

TEST(DecodeMutations, NeverBreakIt) {
    const auto bodies = corpus();
    const auto stop = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::size_t usable = 0;
    int round = 0;
    for (; round < kRounds && std::chrono::steady_clock::now() < stop; ++round) {
        const auto seed = static_cast<std::uint64_t>(round);
        SCOPED_TRACE("seed " + std::to_string(seed));
        const std::string body = Mutator(seed).mutate(bodies[seed % bodies.size()]);
        const Decoded decoded = decode(body, kOurs);
        for (const InboundMessage& message : decoded.messages) expect_sound(message);
        usable += decoded.messages.size();
        if (HasFailure()) FAIL() << body;
    }
    EXPECT_GT(usable, static_cast<std::size_t>(round) / 20) << "mutations that break everything test nothing";
}

}  // namespace
}  // namespace migue::host::whatsapp
