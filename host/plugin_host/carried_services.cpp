#include "host/plugin_host/carried_services.hpp"

#include <string>
#include <utility>
#include <vector>

#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

using wire::DoneResult;
using wire::Kind;
using wire::Reader;
using wire::Writer;

constexpr std::size_t kMaxOperations = 10'000;  // under way in one instance
constexpr std::uint32_t kMaxFields = 100;
constexpr std::uint32_t kMaxStatements = 1001;

template <typename Api>
const Api* service(const migue_host* host, const char* id) {
    return static_cast<const Api*>(host->service(host, id));
}

/// What a service gave with its end, as it crosses.
Writer done_body(std::uint64_t number, migue_status status, DoneResult kind, const void* result) {
    Writer body;
    body.u64(number).i32(status);
    body.u32(static_cast<std::uint32_t>(result == nullptr ? DoneResult::kNone : kind));
    if (result == nullptr) return body;
    switch (kind) {
        case DoneResult::kHttp: {
            const auto& response = *static_cast<const migue_http_response*>(result);
            body.i32(response.status).fields(response.headers, response.header_count).text(response.body);
            break;
        }
        case DoneResult::kRows:
            body.text(static_cast<const migue_sql_result*>(result)->rows_json);
            break;
        case DoneResult::kFile: {
            const auto& file = *static_cast<const migue_media_file*>(result);
            body.text(file.media_id).text(file.mime_type).text(file.bytes);
            break;
        }
        case DoneResult::kNone:
            break;
    }
    return body;
}

}  // namespace

/// An operation of the host's that runs for the plugin.
struct CarriedServices::Pending {
    std::shared_ptr<void> owner;
    CarriedServices* services;
    std::uint64_t number;
    DoneResult result;
};

CarriedServices::CarriedServices(const migue_host* host, Ended ended)
    : host_(host),
      ended_(std::move(ended)),
      tables_{
          service<migue_clock_v1>(host, MIGUE_CLOCK_ID),
          service<migue_log_v1>(host, MIGUE_LOG_ID),
          service<migue_metrics_v1>(host, MIGUE_METRICS_ID),
          service<migue_timer_v1>(host, MIGUE_TIMER_ID),
          service<migue_http_v1>(host, MIGUE_HTTP_ID),
          service<migue_sql_v1>(host, MIGUE_SQL_ID),
          service<migue_vault_v1>(host, MIGUE_VAULT_ID),
          service<migue_jobs_v1>(host, MIGUE_JOBS_ID),
          service<migue_media_v1>(host, MIGUE_MEDIA_ID),
          service<migue_intents_v1>(host, MIGUE_INTENTS_ID),
      } {}

CarriedServices::Served CarriedServices::serve(Kind kind, Reader& in, Writer& answer,
                                               const std::shared_ptr<void>& owner) {
    switch (kind) {
        case Kind::kTimer:
        case Kind::kHttp:
        case Kind::kSql:
        case Kind::kJobAt:
        case Kind::kJobCancel:
        case Kind::kMediaFetch:
        case Kind::kMediaUpload: {
            const std::uint64_t number = in.u64();
            return serve_operation(kind, {number, in, answer, owner});
        }
        case Kind::kSeal:
        case Kind::kUnseal:
        case Kind::kRandom:
        case Kind::kHash:
        case Kind::kClassify:
            return serve_bytes(kind, in, answer);
        case Kind::kLog:
            return serve_log(in);
        default:
            return serve_numbers(kind, in, answer);
    }
}

// ---- what is answered at once

CarriedServices::Served CarriedServices::serve_numbers(Kind kind, Reader& in, Writer& answer) {
    switch (kind) {
        case Kind::kMonotonic:
            answer.u64(tables_.clock->monotonic_ns(host_));
            return in.is_whole() ? Served::kAnswered : Served::kBroken;
        case Kind::kUnixTime:
            answer.i64(tables_.clock->unix_ms(host_));
            return in.is_whole() ? Served::kAnswered : Served::kBroken;
        case Kind::kSeries: {
            const bool is_histogram = in.u32() != 0;
            const migue_str name = in.str();
            if (!in.is_whole()) return Served::kBroken;
            std::uint32_t series = 0;
            const auto make = is_histogram ? tables_.metrics->histogram : tables_.metrics->counter;
            answer.i32(make(host_, name, &series)).u32(series);
            return Served::kAnswered;
        }
        case Kind::kRecord: {
            const std::uint32_t series = in.u32();
            const double value = in.f64();
            if (!in.is_whole()) return Served::kBroken;
            tables_.metrics->record(host_, series, value);
            return Served::kNoAnswer;
        }
        case Kind::kCancel: {
            const std::uint64_t operation = in.u64();
            if (!in.is_whole()) return Served::kBroken;
            tables_.timer->cancel(host_, operation);  // the same for every service
            return Served::kNoAnswer;
        }
        default:
            return Served::kBroken;
    }
}

CarriedServices::Served CarriedServices::serve_log(Reader& in) {
    const std::int32_t severity = in.i32();
    const migue_str message = in.str();
    const std::vector<migue_field> fields = in.fields(kMaxFields);
    if (!in.is_whole()) return Served::kBroken;
    tables_.log->write(host_, severity, message, fields.data(), fields.size());
    return Served::kNoAnswer;
}

CarriedServices::Served CarriedServices::serve_bytes(Kind kind, Reader& in, Writer& answer) {
    const std::uint64_t size = kind == Kind::kRandom ? in.u64() : 0;
    const migue_str text = kind == Kind::kRandom ? migue_str{} : in.str();
    const bool has_more = kind != Kind::kRandom && kind != Kind::kHash;
    const migue_str more = has_more ? in.str() : migue_str{};  // a context, or a locale
    if (!in.is_whole()) return Served::kBroken;
    std::string bytes;
    migue_sink sink = sink_into(bytes);
    migue_status status = MIGUE_E_INVALID;
    if (kind == Kind::kRandom) status = tables_.vault->random(host_, size, &sink);
    if (kind == Kind::kHash) status = tables_.vault->sha256(host_, text, &sink);
    if (kind == Kind::kSeal) status = tables_.vault->seal(host_, text, more, &sink);
    if (kind == Kind::kUnseal) status = tables_.vault->open(host_, text, more, &sink);
    if (kind == Kind::kClassify) status = tables_.intents->classify(host_, text, more, &sink);
    answer.i32(status).text(bytes);
    return Served::kAnswered;
}

// ---- operations

/// `begin(done, user, &operation)` starts it.
template <typename Begin>
CarriedServices::Served CarriedServices::accept(const Asked& asked, DoneResult result, Begin&& begin) {
    if (!asked.in.is_whole()) return Served::kBroken;
    auto pending = std::make_unique<Pending>(Pending{asked.owner, this, asked.number, result});
    std::uint64_t operation = 0;
    migue_status status = MIGUE_E_UNAVAILABLE;
    if (operations_.fetch_add(1) < kMaxOperations)
        status = begin(&CarriedServices::operation_done, pending.get(), &operation);
    if (status == MIGUE_OK)
        static_cast<void>(pending.release());  // operation_done() has it, maybe by now
    else
        --operations_;
    asked.answer.i32(status).u64(operation);
    return Served::kAnswered;
}

void CarriedServices::operation_done(void* user, migue_status status, const void* result) {
    const std::unique_ptr<Pending> pending(static_cast<Pending*>(user));
    CarriedServices& self = *pending->services;
    --self.operations_;
    self.ended_(pending->number, done_body(pending->number, status, pending->result, result));
}

CarriedServices::Served CarriedServices::serve_operation(Kind kind, const Asked& asked) {
    switch (kind) {
        case Kind::kTimer:
            return start_timer(asked);
        case Kind::kHttp:
            return send_http(asked);
        case Kind::kSql:
            return execute_sql(asked);
        case Kind::kJobAt:
            return put_job(asked);
        case Kind::kJobCancel:
            return cancel_job(asked);
        case Kind::kMediaFetch:
            return fetch_media(asked);
        default:
            return upload_media(asked);
    }
}

CarriedServices::Served CarriedServices::start_timer(const Asked& asked) {
    const std::uint64_t delay = asked.in.u64();
    return accept(asked, DoneResult::kNone, [&](migue_done done, void* user, std::uint64_t* operation) {
        return tables_.timer->start(host_, delay, done, user, operation);
    });
}

CarriedServices::Served CarriedServices::send_http(const Asked& asked) {
    Reader& in = asked.in;
    migue_http_request request{};
    request.struct_size = sizeof request;
    request.method = in.str();
    request.url = in.str();
    const std::vector<migue_field> headers = in.fields(kMaxFields);
    request.headers = headers.data();
    request.header_count = headers.size();
    request.body = in.str();
    request.timeout_ns = in.u64();
    request.max_response = in.u64();
    return accept(asked, DoneResult::kHttp, [&](migue_done done, void* user, std::uint64_t* operation) {
        return tables_.http->send(host_, &request, done, user, operation);
    });
}

CarriedServices::Served CarriedServices::execute_sql(const Asked& asked) {
    Reader& in = asked.in;
    std::vector<migue_sql_statement> statements;
    const std::uint32_t count = in.count(kMaxStatements);
    for (std::uint32_t i = 0; i < count && in.is_sound(); ++i) {
        migue_sql_statement one{};
        one.struct_size = sizeof one;
        one.flags = in.u32();
        one.text = in.str();
        one.params_json = in.str();
        statements.push_back(one);
    }
    std::vector<const migue_sql_statement*> pointers;
    for (const migue_sql_statement& one : statements) pointers.push_back(&one);
    return accept(asked, DoneResult::kRows, [&](migue_done done, void* user, std::uint64_t* operation) {
        return tables_.sql->execute(host_, pointers.data(), pointers.size(), done, user, operation);
    });
}

CarriedServices::Served CarriedServices::put_job(const Asked& asked) {
    migue_job job{};
    job.struct_size = sizeof job;
    job.at_unix_ms = asked.in.i64();
    job.key = asked.in.str();
    job.conversation_id = asked.in.str();
    job.payload_json = asked.in.str();
    return accept(asked, DoneResult::kNone, [&](migue_done done, void* user, std::uint64_t* operation) {
        return tables_.jobs->at(host_, &job, done, user, operation);
    });
}

CarriedServices::Served CarriedServices::cancel_job(const Asked& asked) {
    const migue_str conversation = asked.in.str();
    const migue_str key = asked.in.str();
    return accept(asked, DoneResult::kNone, [&](migue_done done, void* user, std::uint64_t* operation) {
        return tables_.jobs->cancel(host_, conversation, key, done, user, operation);
    });
}

CarriedServices::Served CarriedServices::fetch_media(const Asked& asked) {
    migue_media_fetch file{};
    file.struct_size = sizeof file;
    file.place = asked.in.str();
    file.media_id = asked.in.str();
    file.max_bytes = asked.in.u64();
    file.timeout_ns = asked.in.u64();
    return accept(asked, DoneResult::kFile, [&](migue_done done, void* user, std::uint64_t* operation) {
        return tables_.media->fetch(host_, &file, done, user, operation);
    });
}

CarriedServices::Served CarriedServices::upload_media(const Asked& asked) {
    migue_media_upload file{};
    file.struct_size = sizeof file;
    file.place = asked.in.str();
    file.mime_type = asked.in.str();
    file.file_name = asked.in.str();
    file.bytes = asked.in.str();
    file.timeout_ns = asked.in.u64();
    return accept(asked, DoneResult::kFile, [&](migue_done done, void* user, std::uint64_t* operation) {
        return tables_.media->upload(host_, &file, done, user, operation);
    });
}

}  // namespace migue::host
