#pragma once

namespace migue::wire {

/// Whether the build looks for faults of memory or threads; host and runner are of one build.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

/// The exit code of a runner in which a sanitizer found a fault.
inline constexpr int kSanitizerFoundAFault = 66;

}  // namespace migue::wire
