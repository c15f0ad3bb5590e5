// How the runtime of a sanitizer behaves in a plugin's process; nothing without one.

// A plugin's crash is a crash here too, not a report and an exit code; what a sanitizer itself finds
// ends the process, so that the host notices: with the exit code in wire/sanitized.hpp.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MIGUE_ENDS "exitcode=66:handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:"
extern "C" const char* __asan_default_options() {  // NOLINT: the runtime's name
    return MIGUE_ENDS "detect_leaks=0";            // those of a plugin are its own
}
extern "C" const char* __tsan_default_options() {  // NOLINT: the runtime's name
    return MIGUE_ENDS "halt_on_error=1";
}
#endif
