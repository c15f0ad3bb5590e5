#include "host/cli/line_pipe.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

namespace migue::host::cli {
namespace {

/// Both ends of a pipe, closed at the end.
class Pipe {
public:
    Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_writer();
        ::close(ends_[0]);
    }
    [[nodiscard]] int reader() const { return ends_[0]; }
    [[nodiscard]] int writer() const { return ends_[1]; }
    void close_writer() {
        if (ends_[1] >= 0) ::close(ends_[1]);
        ends_[1] = -1;
    }
    void write(std::string_view text) const {
        EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    [[nodiscard]] std::string read_line() const {
        std::string line;
        for (char c = 0; ::read(ends_[0], &c, 1) == 1 && c != '\n';) line += c;
        return line;
    }
    [[nodiscard]] std::string read_all() const {
        std::string all;
        std::array<char, 4096> piece{};
        for (ssize_t size = 0; (size = ::read(ends_[0], piece.data(), piece.size())) > 0;)
            all.append(piece.data(), static_cast<std::size_t>(size));
        return all;
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

void in_brackets(std::string_view line, std::string& out) {
    out.append("[").append(line).append("]");
}

std::string answers_to(std::string_view lines) {
    Pipe in, out;
    std::thread writer([&] {
        in.write(lines);
        in.close_writer();
    });
    std::thread answering([&] {
        EXPECT_TRUE(answer_lines(in.reader(), out.writer(), in_brackets));
        out.close_writer();
    });
    std::string all = out.read_all();
    writer.join();
    answering.join();
    return all;
}

TEST(LinePipe, AnswersEachLineInOrder) {
    EXPECT_EQ(answers_to("a\nb\n\nc\n"), "[a]\n[b]\n[]\n[c]\n");
    EXPECT_EQ(answers_to("a\nb"), "[a]\n[b]\n") << "the last line may do without its end";
    EXPECT_EQ(answers_to(""), "");
}

TEST(LinePipe, AnswersLinesLongerThanItReadsAtOnce) {
    const std::string line(200'000, 'x');
    EXPECT_EQ(answers_to(line + "\nb\n" + line), "[" + line + "]\n[b]\n[" + line + "]\n");
}

TEST(LinePipe, AnswersBeforeItWaitsForTheRestOfALine) {
    Pipe in, out;
    std::thread answering([&] { EXPECT_TRUE(answer_lines(in.reader(), out.writer(), in_brackets)); });
    in.write("first\nsecond\nthi");
    EXPECT_EQ(out.read_line(), "[first]");
    EXPECT_EQ(out.read_line(), "[second]");
    in.write("rd\n");
    EXPECT_EQ(out.read_line(), "[third]");
    in.close_writer();
    answering.join();
}

TEST(LinePipe, TellsWhichSideFails) {
    Pipe in, out;
    in.write("a\n");
    in.close_writer();
    const auto no_out = answer_lines(in.reader(), -1, in_brackets);
    ASSERT_FALSE(no_out);
    EXPECT_NE(no_out.error().what.find("writing the answers"), std::string::npos) << no_out.error().what;
    const auto no_in = answer_lines(-1, out.writer(), in_brackets);
    ASSERT_FALSE(no_in);
    EXPECT_NE(no_in.error().what.find("reading the lines"), std::string::npos) << no_in.error().what;
}

}  // namespace
}  // namespace migue::host::cli
