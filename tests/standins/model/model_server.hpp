#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "tests/standins/model/model.hpp"

namespace migue::standins {

/// A model on a loopback port. What answers late or never holds one of its threads until the
/// server is stopped.
class ModelServer {
public:
    /// The model must outlive it. Port 0: any free one.
    explicit ModelServer(Model& model, std::uint16_t port = 0, int threads = 64);
    ModelServer(const ModelServer&) = delete;
    ModelServer& operator=(const ModelServer&) = delete;
    ~ModelServer();

    [[nodiscard]] std::uint16_t port() const;
    /// "http://127.0.0.1:<port>/v1"
    [[nodiscard]] std::string url() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::standins
