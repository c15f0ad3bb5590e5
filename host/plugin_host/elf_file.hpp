#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// What the dynamic part of a shared library says about it. Read without loading it.
struct ElfFacts {
    struct Symbol {
        std::string name;
        bool is_defined = false;
        bool is_unique = false;  ///< STB_GNU_UNIQUE: keeps the image loaded (H1)
        bool is_weak = false;
    };
    std::string soname;
    std::vector<std::string> needed;   ///< DT_NEEDED, in order
    std::vector<Symbol> symbols;       ///< the dynamic symbol table, local ones left out
    bool never_unloads = false;        ///< DF_1_NODELETE (H15)
    bool binds_now = false;            ///< H12
    bool has_own_cxx_runtime = false;  ///< a C++ runtime is linked into it (H7)
    bool has_libcxx = false;           ///< that runtime is libc++: it shares nothing with the host's
    std::string build_id;              ///< the linker's, in hexadecimal; "" where it was told to give none

    [[nodiscard]] bool exports(std::string_view name) const noexcept;
    [[nodiscard]] bool imports(std::string_view name) const noexcept;
};

/// Told which bytes were looked through and are not needed again.
using ElfBytesDone = std::function<void(std::span<const std::byte>)>;

/// Reads a shared library for this machine (64 bits, little endian, same processor). Every
/// offset is checked: any bytes give facts or a kInvalid error, never a fault.
[[nodiscard]] Result<ElfFacts> read_elf(std::span<const std::byte> file, const ElfBytesDone& done = {});

}  // namespace migue::host
