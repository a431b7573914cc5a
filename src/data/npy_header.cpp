#include "data/npy_header.hpp"

#include "base/error.hpp"
#include "data/bytes.hpp"

#include <bit>
#include <charconv>
#include <cstdint>
#include <limits>

namespace bitgrain::data {

namespace {

constexpr std::string_view npy_magic = "\x93NUMPY";
constexpr std::size_t most_elements = std::numeric_limits<std::size_t>::max() / 16;

/// The few Python literals that a header consists of.
class HeaderText {
  public:
    HeaderText(std::string_view text, const std::string& where) : text_(text), where_(where) {}

    [[noreturn]] void fail(const std::string& message) const {
        throw Error("the header of the .npy file is damaged: " + message, where_);
    }

    /// Takes `wanted` when it is next.
    bool take(std::string_view wanted) {
        while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n'))
            text_.remove_prefix(1);
        if (!text_.starts_with(wanted)) return false;
        text_.remove_prefix(wanted.size());
        return true;
    }
    void expect(std::string_view wanted) {
        if (!take(wanted)) fail("'" + std::string(wanted) + "' is missing");
    }
    bool at_end() {
        take("");
        return text_.empty();
    }

    std::string quoted() {
        const char quote = take("\"") ? '"' : '\'';
        if (quote == '\'') expect("'");
        const std::size_t length = text_.find(quote);
        if (length == std::string_view::npos) fail("a quote is not closed");
        std::string content(text_.substr(0, length));
        text_.remove_prefix(length + 1);
        return content;
    }

    bool boolean() {
        if (take("True")) return true;
        expect("False");
        return false;
    }

    std::vector<std::size_t> tuple() {
        std::vector<std::size_t> numbers;
        expect("(");
        while (!take(")")) {
            numbers.push_back(number());
            if (!take(",")) {
                expect(")");
                break;
            }
        }
        return numbers;
    }

  private:
    std::size_t number() {
        take("");
        std::uint64_t value = 0;
        const auto [end, code] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        if (code != std::errc()) fail("the shape is not a list of sizes");
        text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
        take("L"); // Python 2 wrote long integers so
        return value;
    }

    std::string_view text_;
    const std::string& where_;
};

/// '<f4': byte order, kind, bytes.
void parse_type(const std::string& type, NpyHeader& header, const std::string& where) {
    const std::string known = "bool, int8 to int64, uint8 to uint64 and float16 to float64 can be read";
    const auto refuse = [&] { throw Error("elements of type '" + type + "' are not supported", where, known); };
    if (type.size() != 3 || type[2] < '1' || type[2] > '8') refuse();
    header.element_size = static_cast<std::size_t>(type[2] - '0');
    const bool power_of_two = std::has_single_bit(header.element_size);
    switch (type[1]) {
    case 'b':
        header.kind = ElementKind::boolean;
        break;
    case 'i':
        header.kind = ElementKind::signed_integer;
        break;
    case 'u':
        header.kind = ElementKind::unsigned_integer;
        break;
    case 'f':
        header.kind = ElementKind::floating;
        break;
    default:
        refuse();
    }
    if (header.kind == ElementKind::boolean && header.element_size != 1) refuse();
    if (header.kind == ElementKind::floating && header.element_size == 1) refuse();
    if (!power_of_two) refuse();
    switch (type[0]) {
    case '<':
        header.swapped = std::endian::native == std::endian::big;
        break;
    case '>':
        header.swapped = std::endian::native == std::endian::little;
        break;
    case '=':
        break;
    case '|':
        if (header.element_size == 1) break;
        [[fallthrough]];
    default:
        refuse();
    }
}

void parse_dictionary(std::string_view text, NpyHeader& header, const std::string& where) {
    HeaderText reader(text, where);
    bool has_type = false, has_order = false, has_shape = false;
    reader.expect("{");
    while (!reader.take("}")) {
        const std::string key = reader.quoted();
        reader.expect(":");
        if (key == "descr") {
            if (reader.take("["))
                throw Error("the file holds records with named fields, not an array of numbers", where);
            parse_type(reader.quoted(), header, where);
            has_type = true;
        } else if (key == "fortran_order") {
            header.fortran_order = reader.boolean();
            has_order = true;
        } else if (key == "shape") {
            header.shape = reader.tuple();
            has_shape = true;
        } else {
            reader.fail("unknown key '" + key + "'");
        }
        if (!reader.take(",")) {
            reader.expect("}");
            break;
        }
    }
    if (!reader.at_end()) reader.fail("something follows the dictionary");
    if (!has_type || !has_order || !has_shape) reader.fail("descr, fortran_order or shape is missing");
}

/// The product of the sizes; Error when the bytes could not even be counted, whatever zeros are among the sizes.
std::size_t count_elements(const std::vector<std::size_t>& shape, const std::string& where) {
    std::size_t product = 1;
    bool empty = false;
    for (const std::size_t size : shape) {
        if (size == 0)
            empty = true;
        else if (product > most_elements / size)
            throw Error("the shape in the header is impossibly large", where);
        else
            product *= size;
    }
    return empty ? 0 : product;
}

} // namespace

NpyHeader parse_npy_header(std::string_view bytes, const std::string& where) {
    if (!bytes.starts_with(npy_magic))
        throw Error("this is not an .npy file: it does not begin with '\\x93NUMPY'", where);
    const auto version = load_little<std::uint8_t>(bytes, npy_magic.size(), where);
    if (version < 1 || version > 3) throw Error("unknown .npy version " + std::to_string(version), where);
    const std::size_t length_at = npy_magic.size() + 2;
    const std::size_t length = version == 1 ? load_little<std::uint16_t>(bytes, length_at, where)
                                            : load_little<std::uint32_t>(bytes, length_at, where);
    NpyHeader header;
    header.data_offset = length_at + (version == 1 ? 2 : 4) + length;
    if (header.data_offset > bytes.size()) throw Error("the .npy file ends inside its header, it is cut off", where);
    parse_dictionary(bytes.substr(header.data_offset - length, length), header, where);
    header.count = count_elements(header.shape, where);
    return header;
}

} // namespace bitgrain::data
