#pragma once
#include <sys/types.h>

#include <cstdint>

namespace migue::host {

/// This thread and those it starts from here on go first when they wake up, but for what has had less
/// than its share: the short slices (0.1 ms) of those who do little at a time and are waited for. For
/// the whole host, the first thing in main(). It takes nobody's share away; Linux before 6.12 does not
/// know it.
void answer_promptly() noexcept;

/// While it lives, this thread and what it starts make way for whoever wakes up: they keep their fair
/// share of the processors, but whoever has a message to answer need not wait until it is used up.
/// For the work of bringing a plugin to life, of which there is much when one keeps ending.
///
/// Unlike a lower priority it needs no privileges to be given back. Linux before 6.12 only knows half
/// of it: what is in the background interrupts nobody, but is interrupted like anybody.
class InBackground {
public:
    InBackground() noexcept;
    InBackground(const InBackground&) = delete;
    InBackground& operator=(const InBackground&) = delete;
    ~InBackground();

private:
    bool is_mine_ = false;        ///< it was not in the background before
    std::uint64_t slice_ns_ = 0;  ///< as it was before
};

/// Ends it for all threads of a plugin's process that was started in the background. They stay five
/// steps nicer than the host (a third of its share where there is too little for all): a plugin that
/// hangs in a loop otherwise holds up everybody by the kernel's tick.
void bring_to_foreground(pid_t process);

}  // namespace migue::host
