#include "host/pipeline/failure_reply.hpp"

#include <nlohmann/json.hpp>

#include "migue_pipeline.embedded.hpp"

namespace migue::host {

namespace {

/// What is true of an outside effect after this status: nothing happened, or nobody knows.
std::string_view phrase_for(migue_status status) {
    switch (status) {
        case MIGUE_E_UNAVAILABLE:
        case MIGUE_E_STATE:
            return "unavailable";
        case MIGUE_E_DEADLINE:
        case MIGUE_E_CANCELLED:
            return "unknown";
        case MIGUE_E_INTERNAL:
            return "unknown";
        default:
            return "failed";
    }
}

Reply phrase(std::string_view name, std::string_view locale, std::string_view otherwise) {
    static const nlohmann::json phrases =
        nlohmann::json::parse(migue_pipeline::embedded("phrases/failures.json").value());
    std::string language(locale.substr(0, 2));
    if (!phrases.contains(language)) language = otherwise;
    const nlohmann::json body{{"text", phrases.at(language).at(std::string(name))}};
    return {"text", body.dump()};
}

}  // namespace

Reply failure_reply(migue_status status, std::string_view locale, std::string_view otherwise) {
    return phrase(phrase_for(status), locale, otherwise);
}

Reply untold_reply(std::string_view locale, std::string_view otherwise) {
    return phrase("untold", locale, otherwise);
}

}  // namespace migue::host
