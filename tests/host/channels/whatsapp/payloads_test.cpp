// Example payloads as Meta writes them, with made-up numbers; INDEX.json says of each what a host should do
// with it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "host/channels/whatsapp/decode.hpp"
#include "host/channels/whatsapp/signature.hpp"

namespace migue::host::whatsapp {
namespace {

using nlohmann::json;

const std::vector<std::string> kOurs{"106540352242922"};

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

class Payloads : public ::testing::Test {
protected:
    void SetUp() override {
        index_ = json::parse(read(folder_ / "INDEX.json"));
        ASSERT_GT(index_.at("payloads").size(), 50u);
    }

    [[nodiscard]] std::string body(const std::string& file) const { return read(folder_ / file); }

    const std::filesystem::path folder_ = MIGUE_PAYLOADS;
    json index_;
};

TEST_F(Payloads, SignaturesFitTheirBytes) {
    const SignatureCheck check(index_.at("app_secret").get<std::string>());
    for (const json& payload : index_.at("payloads")) {
        const std::string bytes = body(payload.at("file"));
        ASSERT_EQ(bytes.size(), payload.at("bytes").get<std::size_t>()) << payload.at("file");
        const std::string signature = payload.at("signature");
        EXPECT_TRUE(check.accepts(signature, bytes)) << payload.at("file");
        EXPECT_FALSE(check.accepts(signature, bytes + " ")) << payload.at("file");
    }
}

TEST_F(Payloads, WhatShouldBeRoutedComesOutWhole) {
    const std::map<std::string, std::size_t> several = {
        {"batch_1000.json", 1000}, {"batch_10_users.json", 10}, {"batch_one_user_in_order.json", 5}};
    for (const json& payload : index_.at("payloads")) {
        const std::string file = payload.at("file");
        if (payload.at("host_should") != "route" || file == "batch_entries_changes.json") continue;
        const Decoded decoded = decode(body(file), kOurs);
        const auto expected = several.count(file) ? several.at(file) : 1;
        EXPECT_EQ(decoded.messages.size(), expected) << file;
        EXPECT_EQ(decoded.counts.unusable + decoded.counts.unreadable + decoded.counts.unknown_kinds, 0u)
            << file;
        for (const InboundMessage& message : decoded.messages) {
            EXPECT_FALSE(message.identities.empty()) << file;
            EXPECT_EQ(json::parse(message.input_json).at("kind"), message.kind) << file;
            EXPECT_EQ(json::parse(message.address_json).size(), 1u) << file;
        }
    }
}

TEST_F(Payloads, WhatIsBrokenIsCountedAndNothingComesOut) {
    for (const json& payload : index_.at("payloads")) {
        const std::string file = payload.at("file");
        if (payload.at("host_should") != "reject or ignore; the process lives") continue;
        const Decoded decoded = decode(body(file), kOurs);
        EXPECT_TRUE(decoded.messages.empty()) << file;
        EXPECT_GT(decoded.counts.unusable + decoded.counts.unreadable, 0u) << file;
    }
}

TEST_F(Payloads, StatusesAndNoticesAreNoMessages) {
    for (const json& payload : index_.at("payloads")) {
        const std::string file = payload.at("file");
        const Decoded decoded = decode(body(file), kOurs);
        if (file.starts_with("status_")) {
            EXPECT_EQ(decoded.statuses.size(), 1u) << file;
        }
        if (file.starts_with("field_")) {
            EXPECT_EQ(decoded.counts.other_fields, 1u) << file;
        }
        if (file.starts_with("status_") || file.starts_with("field_") || file.starts_with("not_ours_")) {
            EXPECT_TRUE(decoded.messages.empty()) << file;
        }
    }
    EXPECT_EQ(decode(body("value_errors.json"), kOurs).counts.errors, 1u);
    EXPECT_EQ(decode(body("status_failed_131047.json"), kOurs).statuses.at(0).error_code, 131047);
    const Delivery sent = decode(body("status_sent.json"), kOurs).statuses.at(0);
    EXPECT_EQ(sent.reply_name, "out-000042");
    EXPECT_NE(sent.pricing_json.find("free_customer_service"), std::string::npos);
    EXPECT_EQ(decode(body("not_ours_phone_number_id.json"), kOurs).counts.foreign, 1u);
    EXPECT_EQ(decode(body("text_group.json"), kOurs).counts.groups, 1u);
}

TEST_F(Payloads, KindsAreThoseOfTheIndex) {
    const std::map<std::string, std::string> kinds = {{"text.json", "text"},
                                                      {"button_reply.json", "tap"},
                                                      {"list_reply.json", "tap"},
                                                      {"template_button.json", "tap"},
                                                      {"nfm_reply.json", "form"},
                                                      {"interactive_unknown.json", "hologram_reply"},
                                                      {"image.json", "image"},
                                                      {"audio_voice.json", "voice"},
                                                      {"audio_file.json", "audio"},
                                                      {"video.json", "video"},
                                                      {"document.json", "document"},
                                                      {"sticker.json", "sticker"},
                                                      {"location.json", "location"},
                                                      {"contacts.json", "contacts"},
                                                      {"reaction.json", "reaction"},
                                                      {"reaction_removed.json", "reaction"},
                                                      {"order.json", "order"},
                                                      {"request_welcome.json", "request_welcome"},
                                                      {"edit.json", "edit"},
                                                      {"revoke.json", "revoke"},
                                                      {"unsupported.json", "unsupported"},
                                                      {"unsupported_131060.json", "unsupported"},
                                                      {"unknown_legacy.json", "unsupported"},
                                                      {"system_number_changed.json", "system"},
                                                      {"system_user_id_changed.json", "system"},
                                                      {"old_8_days.json", "text"}};
    const std::set<std::string> silent = {"interactive_unknown.json",
                                          "reaction.json",
                                          "reaction_removed.json",
                                          "edit.json",
                                          "revoke.json",
                                          "unsupported_131060.json",
                                          "system_number_changed.json",
                                          "system_user_id_changed.json"};
    for (const auto& [file, kind] : kinds) {
        const Decoded decoded = decode(body(file), kOurs);
        ASSERT_EQ(decoded.messages.size(), 1u) << file;
        EXPECT_EQ(decoded.messages.front().kind, kind) << file;
        EXPECT_EQ(decoded.messages.front().expects_answer, !silent.contains(file)) << file;
    }
}

TEST_F(Payloads, IdsAndTextsArriveAsWritten) {
    EXPECT_EQ(decode(body("text_bsuid_only.json"), kOurs).messages.at(0).identities,
              std::vector<std::string>{"bsuid:AR.90000000000000000001"});
    EXPECT_EQ(decode(body("system_number_changed.json"), kOurs).messages.at(0).identities,
              (std::vector<std::string>{"tel:15550100009", "tel:15550100001"}));
    const auto renamed = decode(body("system_user_id_changed.json"), kOurs).messages.at(0);
    EXPECT_EQ(renamed.identities,
              (std::vector<std::string>{"bsuid:AR.90000000000000000009", "bsuid:AR.90000000000000000001"}));
    EXPECT_TRUE(renamed.renamed);
    const auto about = json::parse(decode(body("text_referral_ad.json"), kOurs).messages.at(0).input_json);
    EXPECT_EQ(about.at("referral").at("source_type"), "ad");
    const auto product =
        json::parse(decode(body("text_referred_product.json"), kOurs).messages.at(0).input_json);
    EXPECT_EQ(product.at("product").at("product_retailer_id"), "sku-0007");
    const auto first = decode(body("duplicate_first.json"), kOurs).messages.at(0);
    EXPECT_EQ(decode(body("duplicate_other_bytes.json"), kOurs).messages.at(0).message_id, first.message_id);
    EXPECT_EQ(decode(body("duplicate_within_array.json"), kOurs).messages.size(), 2u)
        << "the store sees the repetition";
    const Decoded mixed = decode(body("batch_entries_changes.json"), kOurs);
    EXPECT_EQ(mixed.messages.size(), 1u);
    EXPECT_EQ(mixed.statuses.size(), 1u);
    EXPECT_EQ(mixed.counts.foreign, 3u) << "the second entry belongs to another number";
    EXPECT_EQ(mixed.counts.unusable, 0u);
}

}  // namespace
}  // namespace migue::host::whatsapp
