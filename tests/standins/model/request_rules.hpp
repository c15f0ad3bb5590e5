#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "tests/standins/model/model.hpp"

/// What each server says to a request's fields.
namespace migue::standins {

struct RequestFault {
    int status = 0;  ///< 0: none
    std::string message = {}, param = {}, code = {};
};

/// The profile's error body.
[[nodiscard]] std::string error_body(ModelOptions::Profile profile, const RequestFault& fault);

/// The first thing wrong with a chat request. What the server would ignore goes to `ignored`.
[[nodiscard]] RequestFault chat_fault(const ModelOptions& options, const nlohmann::json& body,
                                      std::vector<std::string>& ignored);

/// A multipart form, as the transcription endpoint reads it.
struct AudioForm {
    std::string model, language, format, file_name, file_type, file;
};
/// False when it is no such form.
[[nodiscard]] bool read_audio_form(std::string_view content_type, std::string_view body, AudioForm& form);
[[nodiscard]] RequestFault audio_fault(const ModelOptions& options, const AudioForm& form);

}  // namespace migue::standins
