#include "host/plugin_host/elf_file.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

namespace migue::host {

namespace {

constexpr std::size_t kMaxSymbols = 1'000'000;
constexpr std::size_t kMaxNotes = 1u << 16;
constexpr std::size_t kMaxBuildId = 64;

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "add this processor's ELF machine number"
#endif

/// Thrown inside this file only: reading nested tables with early returns at each step
/// would bury what is read.
struct Malformed {
    const char* what;
};

/// The file's bytes, where every access is checked.
class Bytes {
public:
    Bytes(std::span<const std::byte> all, const ElfBytesDone& done) : all_(all), done_(done) {}

    template <typename T>
    [[nodiscard]] T at(std::size_t offset) const {
        if (offset > all_.size() || all_.size() - offset < sizeof(T))
            throw Malformed{"a table lies outside the file"};
        T out;
        std::memcpy(&out, all_.data() + offset, sizeof(T));
        return out;
    }

    /// A NUL-terminated string that ends before `end`.
    [[nodiscard]] std::string text(std::size_t offset, std::size_t end) const {
        end = std::min(end, all_.size());
        if (offset >= end) throw Malformed{"a name lies outside the file"};
        const auto* begin = reinterpret_cast<const char*>(all_.data());
        const void* stop = std::memchr(begin + offset, 0, end - offset);
        if (stop == nullptr) throw Malformed{"a name has no end"};
        return {begin + offset, static_cast<const char*>(stop)};
    }

    /// Whether the text lies in this part, as far as the file has it. Looked through piece by
    /// piece: of a file that is mapped, no more than a piece is in memory for it.
    [[nodiscard]] bool contain(std::string_view text, std::size_t offset, std::size_t size) const {
        constexpr std::size_t kPiece = std::size_t{256} << 10;
        const std::string_view whole(reinterpret_cast<const char*>(all_.data()), all_.size());
        if (offset >= whole.size()) return false;
        const std::string_view part = whole.substr(offset, size);
        for (std::size_t begin = 0; begin < part.size(); begin += kPiece) {
            const std::string_view piece = part.substr(begin, kPiece + text.size() - 1);
            const bool found = piece.find(text) != std::string_view::npos;
            if (done_) done_(std::as_bytes(std::span(piece.data(), std::min(piece.size(), kPiece))));
            if (found) return true;
        }
        return false;
    }

private:
    std::span<const std::byte> all_;
    const ElfBytesDone& done_;
};

/// begin + index * size, or Malformed where that does not fit.
std::size_t element(std::size_t begin, std::size_t index, std::size_t size) {
    std::size_t offset = 0;
    if (__builtin_mul_overflow(index, size, &offset) || __builtin_add_overflow(begin, offset, &offset))
        throw Malformed{"a table lies outside the file"};
    return offset;
}

class Reader {
public:
    Reader(std::span<const std::byte> file, const ElfBytesDone& done) : bytes_(file, done) {}

    ElfFacts read() {
        read_header();
        read_dynamic();
        ElfFacts facts;
        if (soname_) facts.soname = string_at(*soname_);
        for (const std::size_t offset : needed_) facts.needed.push_back(string_at(offset));
        facts.never_unloads = (flags_1_ & DF_1_NODELETE) != 0;
        facts.binds_now = (flags_1_ & DF_1_NOW) != 0 || (flags_ & DF_BIND_NOW) != 0 || bind_now_;
        read_symbols(facts);
        // The name of std::exception's type is in whatever holds the runtime, and nowhere else.
        facts.has_own_cxx_runtime = loads(std::string_view("\0St9exception\0", 14));
        facts.has_libcxx = loads("libc++abi: ");  // the begin of its last words
        facts.build_id = build_id();
        return facts;
    }

private:
    void read_header() {
        const auto header = bytes_.at<Elf64_Ehdr>(0);
        if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) throw Malformed{"no ELF file"};
        if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
            header.e_machine != kMachine)
            throw Malformed{"built for another processor"};
        if (header.e_type != ET_DYN) throw Malformed{"no shared library"};
        if (header.e_phentsize != sizeof(Elf64_Phdr)) throw Malformed{"program headers of unknown size"};
        for (std::size_t i = 0; i < header.e_phnum; ++i)
            segments_.push_back(bytes_.at<Elf64_Phdr>(element(header.e_phoff, i, sizeof(Elf64_Phdr))));
    }

    void read_dynamic() {
        const auto found = std::find_if(segments_.begin(), segments_.end(), [](const Elf64_Phdr& segment) {
            return segment.p_type == PT_DYNAMIC;
        });
        if (found == segments_.end()) throw Malformed{"no dynamic section"};
        const std::size_t count = found->p_filesz / sizeof(Elf64_Dyn);
        for (std::size_t i = 0; i < count; ++i) {
            const auto entry = bytes_.at<Elf64_Dyn>(element(found->p_offset, i, sizeof(Elf64_Dyn)));
            if (entry.d_tag == DT_NULL) return;
            take(entry);
        }
    }

    void take(const Elf64_Dyn& entry) {
        switch (entry.d_tag) {
            case DT_NEEDED:
                needed_.push_back(entry.d_un.d_val);
                break;
            case DT_SONAME:
                soname_ = entry.d_un.d_val;
                break;
            case DT_STRTAB:
                strings_ = entry.d_un.d_ptr;
                break;
            case DT_STRSZ:
                strings_size_ = entry.d_un.d_val;
                break;
            case DT_SYMTAB:
                symbols_ = entry.d_un.d_ptr;
                break;
            case DT_HASH:
                hash_ = entry.d_un.d_ptr;
                break;
            case DT_GNU_HASH:
                gnu_hash_ = entry.d_un.d_ptr;
                break;
            case DT_FLAGS:
                flags_ = entry.d_un.d_val;
                break;
            case DT_FLAGS_1:
                flags_1_ = entry.d_un.d_val;
                break;
            case DT_BIND_NOW:
                bind_now_ = true;
                break;
            default:
                break;
        }
    }

    /// Where an address of the loaded image lies in the file.
    [[nodiscard]] std::size_t file_offset(std::size_t address) const {
        for (const Elf64_Phdr& segment : segments_)
            if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
                address - segment.p_vaddr < segment.p_filesz)
                return element(segment.p_offset, address - segment.p_vaddr, 1);
        throw Malformed{"an address lies outside the file"};
    }

    [[nodiscard]] std::string string_at(std::size_t offset) const {
        if (!strings_ || offset >= strings_size_) throw Malformed{"a name lies outside its table"};
        const std::size_t table = file_offset(*strings_);
        return bytes_.text(element(table, offset, 1), element(table, strings_size_, 1));
    }

    void read_symbols(ElfFacts& facts) const {
        if (!symbols_) return;
        const std::size_t table = file_offset(*symbols_);
        const std::size_t count = symbol_count();
        if (count > kMaxSymbols) throw Malformed{"too many symbols"};
        for (std::size_t i = 1; i < count; ++i) {
            const auto symbol = bytes_.at<Elf64_Sym>(element(table, i, sizeof(Elf64_Sym)));
            const unsigned bind = ELF64_ST_BIND(symbol.st_info);
            if (bind == STB_LOCAL) continue;
            facts.symbols.push_back({string_at(symbol.st_name), symbol.st_shndx != SHN_UNDEF,
                                     bind == STB_GNU_UNIQUE, bind == STB_WEAK});
        }
    }

    /// Whether the text is in what is loaded: debug information is left alone.
    [[nodiscard]] bool loads(std::string_view text) const {
        return std::any_of(segments_.begin(), segments_.end(), [&](const Elf64_Phdr& segment) {
            return segment.p_type == PT_LOAD && bytes_.contain(text, segment.p_offset, segment.p_filesz);
        });
    }

    [[nodiscard]] std::string build_id() const {
        for (const Elf64_Phdr& segment : segments_) {
            if (segment.p_type != PT_NOTE || segment.p_filesz > kMaxNotes) continue;
            const std::size_t end = element(segment.p_offset, segment.p_filesz, 1);
            std::size_t at = segment.p_offset;
            while (end - at >= sizeof(Elf64_Nhdr)) {
                const auto note = bytes_.at<Elf64_Nhdr>(at);
                const std::size_t name = element(at, sizeof(Elf64_Nhdr), 1);
                const std::size_t text = element(name, (std::size_t{note.n_namesz} + 3) / 4 * 4, 1);
                const std::size_t next = element(text, (std::size_t{note.n_descsz} + 3) / 4 * 4, 1);
                if (next > end) break;
                if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && note.n_descsz <= kMaxBuildId)
                    return hexadecimal(text, note.n_descsz);
                at = next;
            }
        }
        return {};
    }

    [[nodiscard]] std::string hexadecimal(std::size_t at, std::size_t size) const {
        constexpr char kDigits[] = "0123456789abcdef";
        std::string out;
        for (std::size_t i = 0; i < size; ++i) {
            const auto byte = bytes_.at<std::uint8_t>(element(at, i, 1));
            out += kDigits[byte >> 4];
            out += kDigits[byte & 15];
        }
        return out;
    }

    /// The table's length stands nowhere; the hash tables imply it.
    [[nodiscard]] std::size_t symbol_count() const {
        if (hash_) return bytes_.at<Elf64_Word>(element(file_offset(*hash_), 1, sizeof(Elf64_Word)));
        if (!gnu_hash_) throw Malformed{"no symbol hash table"};
        const std::size_t table = file_offset(*gnu_hash_);
        const auto bucket_count = bytes_.at<Elf64_Word>(table);
        const auto first = bytes_.at<Elf64_Word>(element(table, 1, sizeof(Elf64_Word)));
        const auto bloom_size = bytes_.at<Elf64_Word>(element(table, 2, sizeof(Elf64_Word)));
        const std::size_t buckets =
            element(element(table, 4, sizeof(Elf64_Word)), bloom_size, sizeof(Elf64_Xword));
        const std::size_t chains = element(buckets, bucket_count, sizeof(Elf64_Word));
        std::size_t last = 0;
        for (std::size_t i = 0; i < bucket_count; ++i)
            last =
                std::max<std::size_t>(last, bytes_.at<Elf64_Word>(element(buckets, i, sizeof(Elf64_Word))));
        if (last < first) return first;  // nothing is exported
        // A chain ends with the lowest bit set.
        while ((bytes_.at<Elf64_Word>(element(chains, last - first, sizeof(Elf64_Word))) & 1) == 0) ++last;
        return last + 1;
    }

    Bytes bytes_;
    std::vector<Elf64_Phdr> segments_;
    std::vector<std::size_t> needed_;
    std::optional<std::size_t> soname_, strings_, symbols_, hash_, gnu_hash_;
    std::size_t strings_size_ = 0, flags_ = 0, flags_1_ = 0;
    bool bind_now_ = false;
};

}  // namespace

bool ElfFacts::exports(std::string_view name) const noexcept {
    return std::any_of(symbols.begin(), symbols.end(),
                       [&](const Symbol& symbol) { return symbol.is_defined && symbol.name == name; });
}

bool ElfFacts::imports(std::string_view name) const noexcept {
    return std::any_of(symbols.begin(), symbols.end(),
                       [&](const Symbol& symbol) { return !symbol.is_defined && symbol.name == name; });
}

Result<ElfFacts> read_elf(std::span<const std::byte> file, const ElfBytesDone& done) {
    try {
        return Reader(file, done).read();
    } catch (const Malformed& fault) {
        return Error{Error::Code::kInvalid, fault.what};
    }
}

}  // namespace migue::host
