#include "host/services/http_service.hpp"

#include <memory>

namespace migue::host {

bool HttpService::send(HttpClientRequest request, HttpClient::Deadline deadline, std::stop_token stop,
                       Done done) {
    return pool_.post([this, request = std::move(request), deadline, stop = std::move(stop),
                       done = std::move(done)] { done(client_.send(request, deadline, stop)); });
}

}  // namespace migue::host
