#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/examples.hpp"

namespace migue::host::intents {

/// A folder of its own for each test, gone afterwards.
class IntentFiles : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "migue-intents-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path write(std::string_view name, std::string_view text) const {
        const auto path = folder_ / name;
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    std::filesystem::path folder_;
};

/// Enough to tell three wishes apart in two languages, and quick to train.
inline std::vector<Example> few_examples() {
    return {
        {"agenda una reunión con Laura mañana", "es", "schedule_meeting"},
        {"ponme una cita el viernes a las 3", "es", "schedule_meeting"},
        {"dentista el lunes 10h", "es", "schedule_meeting"},
        {"quiero agendar una llamada", "es", "schedule_meeting"},
        {"cancela la reunión de mañana", "es", "cancel_meeting"},
        {"borra la cita del viernes", "es", "cancel_meeting"},
        {"elimina el evento del lunes", "es", "cancel_meeting"},
        {"quiero cancelar la llamada", "es", "cancel_meeting"},
        {"qué tiempo hace hoy", "es", "other"},
        {"pon música", "es", "other"},
        {"quién ganó el partido", "es", "other"},
        {"cuánto cuesta un teléfono", "es", "other"},
        {"schedule a meeting with Bob tomorrow", "en", "schedule_meeting"},
        {"book a call on friday at 3", "en", "schedule_meeting"},
        {"dentist monday 10am", "en", "schedule_meeting"},
        {"i want to book an appointment", "en", "schedule_meeting"},
        {"cancel the meeting tomorrow", "en", "cancel_meeting"},
        {"delete my appointment on friday", "en", "cancel_meeting"},
        {"remove the event on monday", "en", "cancel_meeting"},
        {"i want to cancel the call", "en", "cancel_meeting"},
        {"what's the weather today", "en", "other"},
        {"play some music", "en", "other"},
        {"who won the game", "en", "other"},
        {"how much is a phone", "en", "other"},
    };
}

/// few_examples() as an intent file of one language.
inline std::string intent_file(std::string_view locale) {
    std::string out;
    for (const char* intent : {"schedule_meeting", "cancel_meeting", "other"}) {
        out += std::string(intent) + ":\n";
        for (const Example& example : few_examples())
            if (example.intent == intent && example.locale == locale) out += "  - \"" + example.text + "\"\n";
    }
    return out;
}

}  // namespace migue::host::intents
