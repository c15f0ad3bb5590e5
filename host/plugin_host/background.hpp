#pragma once
#include <sys/types.h>

#include <cstdint>

namespace migue::host {

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
    bool is_mine_ = false;  ///< it was not in the background before
};

/// Ends it for all threads of a process that was started in the background.
void bring_to_foreground(pid_t process);

}  // namespace migue::host
