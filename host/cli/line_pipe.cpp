#include "host/cli/line_pipe.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace migue::host::cli {
namespace {

constexpr std::size_t kPiece = 64u << 10;

Error failure(const char* side) {
    return {Error::Code::kUnavailable, std::string(side) + ": " + std::strerror(errno)};
}

/// Writes all that is kept, and forgets it.
Result<void> flush(int out, std::string& kept) {
    for (std::string_view rest = kept; !rest.empty();) {
        const ssize_t written = ::write(out, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failure("writing the answers");
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    kept.clear();
    return {};
}

/// Waits for more and puts it behind what is kept. False at the end.
Result<bool> read_more(int in, std::string& kept) {
    const std::size_t before = kept.size();
    kept.resize(before + kPiece);
    ssize_t size = 0;
    do {
        size = ::read(in, kept.data() + before, kPiece);
    } while (size < 0 && errno == EINTR);
    kept.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (size < 0) return failure("reading the lines");
    return size > 0;
}

}  // namespace

Result<void> answer_lines(int in, int out, const AnswerLine& answer) {
    std::string arrived, answers;
    bool more = true;
    while (more) {
        const std::size_t looked_at = arrived.size();
        const auto read = read_more(in, arrived);
        if (!read) return read.error();
        more = *read;
        if (!more && !arrived.empty()) arrived += '\n';  // the last line may do without
        std::size_t begin = 0;
        for (auto end = arrived.find('\n', looked_at); end != std::string::npos;
             end = arrived.find('\n', begin)) {
            answer(std::string_view(arrived).substr(begin, end - begin), answers);
            answers += '\n';
            begin = end + 1;
            if (answers.size() < kPiece) continue;
            if (auto written = flush(out, answers); !written) return written;
        }
        arrived.erase(0, begin);
        if (auto written = flush(out, answers); !written) return written;
    }
    return {};
}

}  // namespace migue::host::cli
