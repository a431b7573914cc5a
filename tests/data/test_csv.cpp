#include "base/random.hpp"
#include "data/csv_layout.hpp"
#include "data/csv_scanner.hpp"
#include "fixtures.hpp"

using namespace bitgrain;
using namespace bitgrain::data;
using namespace bitgrain::data::fixtures;

namespace {

using Row = std::vector<std::string>;

Csv csv(const std::string& text, Header header = Header::no, char delimiter = ',') {
    const Folder folder;
    return read_csv(folder.write("x.csv", text), header, delimiter);
}

} // namespace

TEST_CASE("cells, rows and lines of a plain file", "[csv]") {
    const Csv read = csv("1,2\n3,,\n", Header::no, ';');
    CHECK(read.cells == std::vector<Row>{{"1,2"}, {"3,,"}});
    CHECK(csv("1,2\n3,\n").cells == std::vector<Row>{{"1", "2"}, {"3", ""}});
    CHECK(csv(",\n").cells == std::vector<Row>{{"", ""}});
    CHECK(csv(" a , b").cells == std::vector<Row>{{" a ", " b"}});
    CHECK(csv("a\tb\n", Header::no, '\t').cells == std::vector<Row>{{"a", "b"}});
}

TEST_CASE("line ends of every system and a missing last one give the same rows", "[csv]") {
    const std::vector<Row> expected = {{"1", "2"}, {"3", "4"}};
    for (const std::string text :
         {"1,2\n3,4\n", "1,2\n3,4", "1,2\r\n3,4\r\n", "1,2\r\n3,4", "1,2\r3,4\r", "1,2\r3,4"}) {
        CAPTURE(text);
        CHECK(csv(text).cells == expected);
        CHECK(csv(text).lines == std::vector<std::size_t>{1, 2});
    }
}

TEST_CASE("empty lines are skipped but counted", "[csv]") {
    const Csv read = csv("\n\n1,2\n  \n\r\n3,4\n\n");
    CHECK(read.cells == std::vector<Row>{{"1", "2"}, {"3", "4"}});
    CHECK(read.lines == std::vector<std::size_t>{3, 6});
}

TEST_CASE("quotes protect delimiters, quotes and line ends", "[csv]") {
    const Csv read = csv("\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\r\n\",\"\"\nx\"y,z\n");
    CHECK(read.cells == std::vector<Row>{{"a,b", "say \"hi\""}, {"two\nlines\r\n", ""}, {"x\"y", "z"}});
    CHECK(read.lines == std::vector<std::size_t>{1, 2, 5});
    CHECK(csv("\"\"\n\"\"").cells == std::vector<Row>{{""}, {""}}); // not an empty line: someone wrote a cell
}

TEST_CASE("a mark for UTF-8 at the beginning is not part of the first cell", "[csv]") {
    CHECK(csv("\xef\xbb\xbfwidth,height\n1,2\n", Header::yes).header == Row{"width", "height"});
    CHECK_THAT(error_of([] { csv(std::string("\xff\xfe", 2) + "1"); }), Catch::Contains("UTF-16"));
}

TEST_CASE("bad quotes and ragged rows are errors with line and column", "[csv]") {
    CHECK_THAT(error_of([] { csv("1,2\n3,\"4\n5,6\n"); }),
               Catch::Contains("x.csv: line 2, column 2: a quote is opened but never closed"));
    CHECK_THAT(error_of([] { csv("1,2\n\"3\"x,4\n"); }),
               Catch::Contains("x.csv: line 2, column 1: text follows a closing quote"));
    CHECK_THAT(error_of([] { csv("1,2\n\n3,4,5\n"); }),
               Catch::Contains("x.csv: line 3: the row has 3 cells but the first row has 2"));
    CHECK_THAT(error_of([] { csv("1,2\n3\n"); }),
               Catch::Contains("x.csv: line 2: the row has 1 cells but the first row has 2"));
    CHECK_THAT(error_of([] { csv(""); }), Catch::Contains("the file is empty"));
    CHECK_THAT(error_of([] { csv("\n\n"); }), Catch::Contains("the file is empty"));
    CHECK_THAT(error_of([] { csv("1\n", Header::no, '"'); }), Catch::Contains("cannot be the delimiter"));
}

TEST_CASE("what is written with quotes is read back", "[csv]") {
    const std::uint64_t seed = 4242;
    CAPTURE(seed);
    Random random(seed);
    const std::string alphabet = "ab1,\"\n\r ;";
    for (int round = 0; round < 300; ++round) {
        std::vector<Row> cells(static_cast<std::size_t>(random.integer(1, 4)),
                               Row(static_cast<std::size_t>(random.integer(1, 4))));
        std::string text;
        for (Row& row : cells) {
            for (std::string& cell : row) {
                for (auto length = random.integer(0, 5); length > 0; --length) {
                    cell += alphabet[static_cast<std::size_t>(
                        random.integer(0, static_cast<std::int64_t>(alphabet.size()) - 1))];
                }
                text += '"';
                for (const char c : cell)
                    text += c == '"' ? std::string("\"\"") : std::string(1, c);
                text += "\",";
            }
            text.back() = '\n';
        }
        CAPTURE(text);
        CHECK(csv(text).cells == cells);
    }
}

TEST_CASE("a header is told from data", "[csv]") {
    const auto has_header = [](const std::string& text) {
        return csv_layout(text, Header::automatic, ',', "x").has_header;
    };
    CHECK(has_header("a,b\n1,2\n"));
    CHECK(has_header("a,b,kind\n1,2,cat\n3,4,dog\n"));
    CHECK(has_header("0,1,label\n5,6,0\n7,8,1\n"));
    CHECK(has_header("a,b\n1,\n2,3\n"));
    CHECK(has_header(",a\n0,1\n1,5\n"));
    CHECK_FALSE(has_header("1,2\n3,4\n"));
    CHECK_FALSE(has_header("1,2,cat\n3,4,dog\n"));
    CHECK_FALSE(has_header("1,2,cat\n"));
    CHECK_FALSE(has_header("a,b\n"));
    CHECK_FALSE(has_header("?,2,cat\n3,4,dog\n")); // a missing value: the row must not vanish as a header
    CHECK_FALSE(has_header(",2,cat\n3,4,dog\n"));
    CHECK_FALSE(has_header("nan,2\n3,4\n"));
    CHECK_FALSE(has_header("a,b\nc,d\n"));
}

TEST_CASE("automatic, yes and no decide what the first row is", "[csv]") {
    const std::string text = "a,b\n1,2\n";
    CHECK(csv(text, Header::automatic).header == Row{"a", "b"});
    CHECK(csv(text, Header::automatic).cells == std::vector<Row>{{"1", "2"}});
    CHECK(csv(text, Header::automatic).lines == std::vector<std::size_t>{2});
    CHECK(csv(text, Header::no).header.empty());
    CHECK(csv(text, Header::no).cells.size() == 2);
    CHECK(csv("1,2\n3,4\n", Header::yes).header == Row{"1", "2"});
}

TEST_CASE("columns are found by index and by name", "[csv]") {
    const CsvLayout layout = csv_layout("width, height ,kind,kind\n1,2,3,4\n", Header::yes, ',', "x.csv");
    CHECK(find_column(layout, "0", "x.csv") == 0);
    CHECK(find_column(layout, "3", "x.csv") == 3);
    CHECK(find_column(layout, "-1", "x.csv") == 3);
    CHECK(find_column(layout, "-4", "x.csv") == 0);
    CHECK(find_column(layout, "height", "x.csv") == 1);
    const auto error = [&](const std::string& asked) { return error_of([&] { find_column(layout, asked, "x.csv"); }); };
    CHECK_THAT(error("4"), Catch::StartsWith("x.csv: there is no column 4: the file has 4"));
    CHECK_THAT(error("-5"), Catch::StartsWith("x.csv: there is no column -5"));
    CHECK_THAT(error("widht"),
               Catch::Contains("there is no column 'widht'") && Catch::Contains("did you mean 'width'?"));
    CHECK_THAT(error("kind"), Catch::Contains("several columns are called 'kind'"));
    const CsvLayout bare = csv_layout("1,2\n", Header::automatic, ',', "x.csv");
    CHECK_THAT(error_of([&] { find_column(bare, "width", "x.csv"); }), Catch::Contains("the file has no header"));
}

TEST_CASE("a column that is asked for by name makes the first row a header", "[csv]") {
    const std::string text = "place,kind\nhere,cat\nthere,dog\n";
    CHECK_FALSE(csv_layout(text, Header::automatic, ',', "x").has_header);
    CHECK(csv_layout(text, Header::automatic, ',', "x", {"kind"}).has_header);
    CHECK_FALSE(csv_layout("0,1\n2,3\n", Header::automatic, ',', "x", {"1"}).has_header); // an index
}

TEST_CASE("a compressed file of text is read like a plain one", "[csv]") {
    const Folder folder;
    CHECK(read_csv(folder.write("x.csv.gz", gzip("1,2\n3,4\n"))).cells == std::vector<Row>{{"1", "2"}, {"3", "4"}});
}

TEST_CASE("a cut or changed CSV file is read or refused, never worse", "[csv][corruption]") {
    const std::string text = "a,\"b \"\"c\"\"\",kind\r\n1,-2.5e3,\"cat\ndog\"\r\n\r\n+3,nan,\n";
    const std::size_t refused = count_refused(text, [](const std::string& variant) {
        const CsvLayout layout = csv_layout(variant, Header::automatic, ',', "x.csv");
        CsvScanner scanner(variant, ',', "x.csv");
        while (scanner.next())
            check_width(scanner, layout, "x.csv");
    });
    CHECK(refused > 10);
}
