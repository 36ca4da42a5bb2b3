// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/liberty.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

namespace mantissa::hw {
namespace {

/// Words, quoted strings and the punctuation of liberty; comments and line continuations are gone.
class Tokens {
public:
    explicit Tokens(std::string_view text) : m_text(text) {}

    /// The next token; empty at the end. A quoted string comes without its quotes.
    std::string_view next() {
        skipBlanks();
        if (m_at >= m_text.size()) {
            return {};
        }
        const std::size_t start = m_at;
        const char first = m_text[m_at];
        if (first == '"') {
            const std::size_t end = m_text.find('"', m_at + 1);
            m_at = end == std::string_view::npos ? m_text.size() : end + 1;
            return m_text.substr(start + 1, m_at - start - 2);
        }
        if (kPunctuation.find(first) != std::string_view::npos) {
            ++m_at;
            return m_text.substr(start, 1);
        }
        while (m_at < m_text.size() && !isBlank(m_text[m_at]) && m_text[m_at] != '"' &&
               kPunctuation.find(m_text[m_at]) == std::string_view::npos) {
            ++m_at;
        }
        return m_text.substr(start, m_at - start);
    }

    std::size_t line() const {
        return 1 + static_cast<std::size_t>(std::count(
                       m_text.begin(),
                       m_text.begin() + static_cast<std::ptrdiff_t>(std::min(m_at, m_text.size())),
                       '\n'));
    }

private:
    static constexpr std::string_view kPunctuation = "{}():;,";
    static bool isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\\';
    }
    void skipBlanks() {
        while (m_at < m_text.size()) {
            if (isBlank(m_text[m_at])) {
                ++m_at;
            } else if (m_text.substr(m_at, 2) == "/*") {
                const std::size_t end = m_text.find("*/", m_at + 2);
                m_at = end == std::string_view::npos ? m_text.size() : end + 2;
            } else {
                return;
            }
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

double numberOf(std::string_view text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Whether a function of two inputs is their NAND, in the spellings that libraries use: AND is *, &
/// or nothing but a blank.
bool isNandOfTwo(const std::string& function) {
    std::string shape;
    bool blank = false;
    for (const char c : function) {
        const bool isName = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
        if (c == ' ' || c == '\t') {
            blank = true;
            continue;
        }
        const bool afterName = !shape.empty() && shape.back() == 'x';
        if (!isName) {
            shape += c == '&' ? '*' : c == '|' ? '+' : c;
        } else if (afterName && blank) {
            shape += "*x";
        } else if (!afterName) {
            shape += 'x';
        }
        blank = false;
    }
    static const std::set<std::string> kShapes{"!(x*x)", "(!(x*x))", "(x*x)'",    "((x*x)')",
                                               "!x+!x",  "(!x+!x)",  "(!x)+(!x)", "((!x)+(!x))",
                                               "x'+x'",  "(x'+x')"};
    return kShapes.contains(shape);
}

/// One cell group: what its nested groups say, gathered while they are read.
struct CellReader {
    LibertyCell cell;
    int flipFlops = 0;
    bool controlled = false;  ///< set, reset or scan
    int outputs = 0;
    std::string function;
    std::size_t inputs = 0;

    void attribute(std::string_view group, std::string_view name, std::string_view value) {
        if (group == "cell" && name == "area") {
            cell.area = numberOf(value);
        } else if (group == "pin" && name == "function") {
            function = std::string(value);
            ++outputs;
        } else if (group == "pin" && name == "direction" && value == "input") {
            ++inputs;
        } else if (saysControl(group, name, value)) {
            controlled = true;
        }
    }
    /// Set, reset, scan, or an enable or multiplexer before the flip-flop.
    static bool saysControl(std::string_view group, std::string_view name, std::string_view value) {
        if (group != "ff") {
            return name == "scan_cell" || name == "test_cell" || name == "nextstate_type";
        }
        return name == "clear" || name == "preset" ||
               (name == "next_state" && value.find_first_of("&|*+^") != std::string_view::npos);
    }
    LibertyCell finished() {
        cell.isNand2 = flipFlops == 0 && outputs == 1 && inputs == 2 && isNandOfTwo(function);
        cell.isFlipFlop = flipFlops == 1 && !controlled;
        return cell;
    }
};

class Parser {
public:
    Parser(std::string_view text, std::string where) : m_tokens(text), m_where(std::move(where)) {}

    Result<LibertyFile> read() {
        for (auto token = m_tokens.next(); !token.empty() || !m_done; token = m_tokens.next()) {
            if (token.empty()) {
                break;
            }
            take(token);
            if (m_groups.empty() && m_opened) {
                m_done = true;
            }
        }
        if (!m_groups.empty()) {
            return fail(ErrorCode::Corrupt,
                        "ends inside group " + m_groups.back() + ", opened but never closed",
                        place(), "the file may be cut short");
        }
        if (m_file.cells.empty()) {
            return fail(ErrorCode::InvalidInput, "holds no cell groups", m_where,
                        "a liberty file begins with library (name) { ... cell (name) { ... } }");
        }
        return std::move(m_file);
    }

private:
    std::string place() const { return m_where + ":" + std::to_string(m_tokens.line()); }

    /// `name (arguments) {`, `name : value ;`, `name (values) ;` and `}`.
    void take(std::string_view token) {
        if (token == "}") {
            close();
        } else if (token == "(") {
            m_argument = m_tokens.next();
            for (auto inner = m_argument; !inner.empty() && inner != ")";) {
                inner = m_tokens.next();
            }
        } else if (token == "{") {
            open();
        } else if (token == ":") {
            attribute(m_word, m_tokens.next());
        } else if (token != ";" && token != "," && token != ")") {
            m_word = token;
        }
    }
    void open() {
        m_opened = true;
        m_groups.emplace_back(m_word);
        if (m_word == "library") {
            m_file.name = std::string(m_argument);
        } else if (m_word == "cell") {
            m_cell = CellReader{};
            m_cell->cell.name = std::string(m_argument);
        } else if (m_cell && m_word == "ff") {
            ++m_cell->flipFlops;
        } else if (m_cell &&
                   (m_word == "latch" || m_word == "test_cell" || m_word == "statetable")) {
            m_cell->controlled = true;
        }
    }
    void close() {
        if (m_groups.empty()) {
            return;
        }
        if (m_groups.back() == "cell" && m_cell) {
            m_file.cells.push_back(m_cell->finished());
            m_cell.reset();
        }
        m_groups.pop_back();
    }
    void attribute(std::string_view name, std::string_view value) {
        if (m_groups.empty()) {
            return;
        }
        if (m_cell) {
            m_cell->attribute(m_groups.back(), name, value);
        } else if (name == "nom_voltage") {
            m_file.voltage_v = numberOf(value);
        }
    }

    Tokens m_tokens;
    std::string m_where;
    LibertyFile m_file;
    std::optional<CellReader> m_cell;
    std::vector<std::string> m_groups;
    std::string_view m_word;
    std::string_view m_argument;
    bool m_opened = false;
    bool m_done = false;
};

/// The smallest cell with a positive area that `is` holds for.
const LibertyCell* smallest(const LibertyFile& file, bool LibertyCell::*is) {
    const LibertyCell* best = nullptr;
    for (const auto& cell : file.cells) {
        if (cell.*is && cell.area > 0 && (best == nullptr || cell.area < best->area)) {
            best = &cell;
        }
    }
    return best;
}

Error lacking(const LibertyFile& file, const std::string& where, const char* what,
              const char* hint) {
    return {ErrorCode::InvalidInput,
            "none of its " + std::to_string(file.cells.size()) + " cells is " + what, where, hint};
}

}  // namespace

Result<LibertyFile> parseLiberty(std::string_view text, const std::string& where) {
    return Parser(text, where).read();
}

Result<Library> libraryFromLiberty(const std::filesystem::path& file) {
    const std::string where = file.string();
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(ErrorCode::NotFound, "cannot be read", where,
                    "name a liberty file (.lib), not compressed");
    }
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    return parseLiberty(text, where).and_then([&](const LibertyFile& read) -> Result<Library> {
        const auto* nand = smallest(read, &LibertyCell::isNand2);
        if (nand == nullptr) {
            return tl::unexpected(lacking(read, where, "a NAND of two inputs with an area",
                                          "its pins need a function such as !(A & B)"));
        }
        const auto* flipFlop = smallest(read, &LibertyCell::isFlipFlop);
        if (flipFlop == nullptr) {
            return tl::unexpected(lacking(read, where,
                                          "a plain flip-flop with an area (ff group without "
                                          "clear, preset, scan or enable)",
                                          "name a library with such a cell"));
        }
        Library library = nangate45();
        library.id = read.name.empty() ? file.stem().string() : read.name;
        library.label = library.id + " (" + where + ")";
        library.voltage_v = read.voltage_v > 0 ? read.voltage_v : library.voltage_v;
        library.nand2_um2 = nand->area;
        library.flipFlop_nand2 = flipFlop->area / nand->area;
        library.leakage_nw.reset();  // that of other cells
        library.source = "the user's liberty file: areas of " + nand->name + " and " +
                         flipFlop->name + "; energy and delay are NanGate45's, leakage is left out";
        return library;
    });
}

}  // namespace mantissa::hw
