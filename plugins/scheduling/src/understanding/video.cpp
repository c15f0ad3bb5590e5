#include <algorithm>

#include "understanding/around.hpp"

namespace scheduling {

using language::Symbol;

bool find_video(Around& around) {
    const Symbol video = around.classes.video;
    bool found = false;
    for (std::uint32_t at = 0; at < around.size(); ++at) {
        if (!around.is_free(at)) continue;
        const auto size = around.phrase(at, video);
        if (size == 0) continue;
        found = true;
        // The title itself when it comes first ("videollamada con Ana") or names a noun ("Zoom call").
        const std::uint32_t next = at + size;
        const bool names_noun = next < around.size() && around.is_free(next) && around.is_word(next) &&
                                around.phrase(next, around.classes.small) == 0 &&
                                around.phrase(next, around.classes.with) == 0;
        const bool with_guest = next < around.size() && (around.roles[next] == Role::kGuest ||
                                                         around.phrase(next, around.classes.with) > 0);
        const bool is_title = std::none_of(around.roles.begin(), around.roles.begin() + at, is_title_role) &&
                              (around.reading.text.word(at).size() > 6 || names_noun || with_guest);
        if (!is_title) around.mark(at, at + size, Role::kVideo);
        at += size - 1;
    }
    return found;
}

}  // namespace scheduling
