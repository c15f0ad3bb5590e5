#include "understanding/model/voice_notes.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "model_client/place.hpp"
#include "understanding/model/word_marks.hpp"

namespace scheduling::model {

namespace {

using migue::Error;
using migue::Task;
using model_client::Place;
using nlohmann::json;

constexpr std::uint64_t kMsNs = 1'000'000, kSecondNs = 1000 * kMsNs;
constexpr std::uint64_t kFetchNs = 6 * kSecondNs;  // a few MiB from Meta, with one repetition
constexpr std::uint64_t kLeastNs = 500 * kMsNs;    // less is not worth asking
constexpr std::uint64_t kNotAllowedNs = 600 * kSecondNs;
constexpr std::size_t kMostAnswer = 64u << 10, kMostCharacters = 1000;
constexpr std::int64_t kTokensASecond = 25;
/// Of what is no Ogg: a guess at the lowest rate that is usual.
constexpr std::size_t kBytesASecond = 2000;

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

/// A form; the boundary holds random bytes, and is looked for in the file all the same.
migue::HttpRequest form_of(const TranscriptionSettings& settings, const migue::MediaFile& file,
                           std::string_view kind, std::string_view language, const migue::Vault& vault) {
    std::string boundary = "migue-voice";
    while (file.bytes.find(boundary) != std::string::npos || boundary.size() < 20) {
        const auto random = vault.random(8);
        for (const char byte : random ? *random : std::string("12345678"))
            boundary += static_cast<char>('a' + (static_cast<unsigned char>(byte) & 15));
    }
    migue::HttpRequest request;
    request.method = "POST";
    request.url = settings.url + "/audio/transcriptions";
    request.headers.emplace_back("content-type", "multipart/form-data; boundary=" + boundary);
    if (!settings.api_key.empty())
        request.headers.emplace_back("authorization", "Bearer " + settings.api_key);
    const auto field = [&](std::string_view name, std::string_view value) {
        request.body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + std::string(name) +
                        "\"\r\n\r\n" + std::string(value) + "\r\n";
    };
    request.body.reserve(file.bytes.size() + 1024);
    field("model", settings.name);
    field("response_format", "json");
    if (!language.empty()) field("language", language);
    const std::string name(kind);
    // Servers judge by the file's name: the same bytes are refused as .opus or .oga.
    request.body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"voice." +
                    name + "\"\r\nContent-Type: audio/" + (name == "mp3" ? "mpeg" : name) + "\r\n\r\n";
    request.body += file.bytes;
    request.body += "\r\n--" + boundary + "--\r\n";
    request.max_response = kMostAnswer;
    return request;
}

Heard::End end_of(const Error& error) {
    if (error.code == Error::Code::kConflict) return Heard::End::kGone;
    if (error.code == Error::Code::kUnsupported) return Heard::End::kTooLong;
    return Heard::End::kDown;
}

std::int64_t seconds_of(std::string_view bytes) {
    if (const auto length = length_of_opus(bytes)) return length->count() / 1000 + 1;
    return static_cast<std::int64_t>(bytes.size() / kBytesASecond + 1);
}

bool is_link(std::string_view word) {
    if (word.find("://") != std::string_view::npos || word.find('@') != std::string_view::npos) return true;
    // "evil.example", not "3.30" and not the end of a sentence.
    const std::size_t dot = word.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 2 >= word.size()) return false;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return is_letter(word[dot + 1]) && is_letter(word[dot + 2]);
}

}  // namespace

std::string_view name_of(Heard::End end) {
    switch (end) {
        case Heard::End::kWords:
            return "words";
        case Heard::End::kGone:
            return "gone";
        case Heard::End::kTooLong:
            return "too_long";
        case Heard::End::kNotAudio:
            return "not_audio";
        case Heard::End::kNothing:
            return "nothing";
        case Heard::End::kOverBudget:
            return "over_budget";
        case Heard::End::kDown:
            return "down";
    }
    return "down";
}

std::string_view kind_of_audio(std::string_view bytes) {
    if (bytes.starts_with("OggS")) return "ogg";
    if (bytes.starts_with("ID3")) return "mp3";
    if (bytes.starts_with("fLaC")) return "flac";
    if (bytes.starts_with("\x1A\x45\xDF\xA3")) return "webm";
    if (bytes.size() > 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WAVE") return "wav";
    if (bytes.size() > 12 && bytes.substr(4, 4) == "ftyp") return "m4a";
    const bool is_frame = bytes.size() > 2 && byte_at(bytes, 0) == 0xFF && (byte_at(bytes, 1) & 0xE6) == 0xE2;
    return is_frame ? "mp3" : "";
}

std::optional<std::chrono::milliseconds> length_of_opus(std::string_view bytes) {
    constexpr std::size_t kGranuleAt = 6, kHeader = 27;
    const std::size_t page = bytes.rfind("OggS");
    if (page == std::string_view::npos || bytes.size() - page < kHeader) return std::nullopt;
    if (bytes.substr(0, 128).find("OpusHead") == std::string_view::npos) return std::nullopt;
    std::uint64_t samples = 0;  // at 48 kHz, whatever was recorded
    for (std::size_t i = 8; i-- > 0;) samples = samples << 8 | byte_at(bytes, page + kGranuleAt + i);
    constexpr std::uint64_t kDay = 48'000ULL * 86'400;
    if (samples > kDay) return std::nullopt;
    return std::chrono::milliseconds(samples / 48);
}

std::string shown_words(std::string_view words) {
    const std::string line = clean(words, kMostCharacters);
    std::string out;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t end = std::min(line.find(' ', at), line.size());
        const std::string_view word = std::string_view(line).substr(at, end - at);
        if (!word.empty()) out += (out.empty() ? "" : " ") + (is_link(word) ? "…" : std::string(word));
        at = end + 1;
    }
    return out;
}

VoiceNotes::VoiceNotes(const migue::Services& services, const TranscriptionSettings& settings)
    : services_(services),
      settings_(settings),
      meter_(services),
      notes_(services.metrics.counter("scheduling_voice_notes_total")),
      failed_(services.metrics.counter("scheduling_voice_failed_total")),
      seconds_(services.metrics.histogram("scheduling_voice_seconds")) {}

Task<Heard> VoiceNotes::hear(VoiceNote note) {
    const std::uint64_t begin = services_.clock.monotonic_ns();
    services_.metrics.record(notes_, 1);
    Heard heard;
    const Place place(under_way_);
    const bool may_ask = place.number() <= settings_.calls_at_once && breaker_.lets_through(begin);
    auto used = co_await meter_.today(note.person);
    if (used && *used >= settings_.daily_tokens)
        heard.end = Heard::End::kOverBudget;
    else if (used && may_ask)
        heard = co_await listen(note);
    if (heard.end != Heard::End::kWords) services_.metrics.record(failed_, 1);
    const std::uint64_t took = services_.clock.monotonic_ns() - begin;
    services_.metrics.record(seconds_, static_cast<double>(took) / 1e9);
    services_.log.info("voice note", {{"end", name_of(heard.end)}, {"ms", std::to_string(took / kMsNs)}});
    co_return heard;
}

Task<Heard> VoiceNotes::listen(const VoiceNote& note) {
    Heard heard;
    const std::uint64_t now = services_.clock.monotonic_ns();
    if (now + kLeastNs > note.until_ns) co_return heard;
    migue::MediaFetch fetch;
    fetch.place = note.place;
    fetch.media_id = note.media_id;
    fetch.max_bytes = settings_.most_bytes;
    fetch.timeout = std::chrono::nanoseconds(std::min(kFetchNs, note.until_ns - now));
    auto file = co_await services_.media.fetch(std::move(fetch));
    if (!file) {
        heard.end = end_of(file.error());
        co_return heard;
    }
    const auto length = length_of_opus(file->bytes);
    if (kind_of_audio(file->bytes).empty()) {
        heard.end = Heard::End::kNotAudio;
        co_return heard;
    }
    if (length && *length > settings_.longest) {
        heard.end = Heard::End::kTooLong;
        co_return heard;
    }
    // Paid before it is known what comes of it: a server that fails has listened all the same.
    auto counted = co_await meter_.add(note.person, seconds_of(file->bytes) * kTokensASecond);
    if (!counted) services_.log.warn("a voice note is not counted", {{"why", counted.error().what}});
    Answer answer = co_await transcribe(note, *file);
    if (answer.again) answer = co_await transcribe(note, *file);
    if (answer.end == Heard::End::kDown)
        breaker_.failed(services_.clock.monotonic_ns());
    else
        breaker_.succeeded();
    heard.end = answer.end;
    if (answer.end != Heard::End::kWords) co_return heard;
    heard.words = shown_words(answer.text);
    if (heard.words.find_first_not_of("….,!? ") == std::string::npos) heard.end = Heard::End::kNothing;
    if (heard.end == Heard::End::kWords) read_intent(note, heard);
    co_return heard;
}

Task<VoiceNotes::Answer> VoiceNotes::transcribe(const VoiceNote& note, const migue::MediaFile& file) {
    Answer answer;
    const std::uint64_t now = services_.clock.monotonic_ns();
    if (now + kLeastNs > note.until_ns) co_return answer;
    migue::HttpRequest request =
        form_of(settings_, file, kind_of_audio(file.bytes), note.language, services_.vault);
    request.timeout =
        std::min<std::chrono::nanoseconds>(settings_.timeout, std::chrono::nanoseconds(note.until_ns - now));
    auto response = co_await services_.http.send(std::move(request));
    if (!response) {
        // No second try after a time limit: there is no time for one.
        const Error::Code code = response.error().code;
        answer.again = code == Error::Code::kUnavailable || code == Error::Code::kInternal;
        co_return answer;
    }
    co_return judge(*response);
}

VoiceNotes::Answer VoiceNotes::judge(const migue::HttpResponse& response) {
    Answer answer;
    const int status = response.status;
    if (status == 401 || status == 403 || status == 404) {
        services_.log.error(
            "the transcription server does not let us in: it rests; check url, name and api_key",
            {{"status", std::to_string(status)}, {"minutes", "10"}});
        breaker_.pause_until(services_.clock.monotonic_ns() + kNotAllowedNs);
        return answer;
    }
    if (status == 413) answer.end = Heard::End::kTooLong;
    if (status == 400 || status == 415 || status == 422) answer.end = Heard::End::kNotAudio;
    if (status != 200) {
        answer.again = status >= 500 || status == 408 || status == 409;
        if (answer.end != Heard::End::kDown)
            services_.log.warn("the transcription server refused a note",
                               {{"status", std::to_string(status)}});
        return answer;
    }
    const json body = json::parse(response.body, nullptr, false);
    if (!body.is_object() || !body.contains("text") || !body.at("text").is_string()) return answer;
    answer.text = body.at("text");
    answer.end = answer.text.find_first_not_of(" \t\r\n") == std::string::npos ? Heard::End::kNothing
                                                                               : Heard::End::kWords;
    return answer;
}

void VoiceNotes::read_intent(const VoiceNote& note, Heard& heard) const {
    const auto reading = services_.intents.classify(heard.words, note.language);
    const json read = reading ? json::parse(*reading, nullptr, false) : json();
    if (!read.is_object()) {
        // Without the host's reading everything is a request: what is none of ours asks for a time.
        heard.intent = "schedule_meeting";
        return;
    }
    heard.locale = read.value("locale", "");
    if (read.value("plugin", "") == "scheduling") heard.intent = read.value("intent", "");
}

}  // namespace scheduling::model
