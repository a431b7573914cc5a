#include "data/dataset.hpp"
#include "fixtures.hpp"

#include <algorithm>
#include <limits>

using namespace bitgrain;
using namespace bitgrain::data;
using namespace bitgrain::data::fixtures;

namespace {

using Values = std::vector<double>;
using Names = std::vector<std::string>;
using Labels = std::vector<std::int32_t>;
using Shape = std::vector<std::size_t>;

std::string floats(const std::vector<float>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

/// Loads one CSV text.
Dataset load_csv(const std::string& text, Source source = {}, const Names& classes = {}) {
    const Folder folder;
    source.features = folder.write("x.csv", text);
    return load(source, classes);
}

std::string csv_error(const std::string& text, const Source& source = {}, const Names& classes = {}) {
    return error_of([&] { load_csv(text, source, classes); });
}

/// Loads features and labels given as the bytes of two files.
Dataset load_two(const std::string& features_name, const std::string& features, const std::string& labels_name,
                 const std::string& labels, Source source = {}, const Names& classes = {}) {
    const Folder folder;
    source.features = folder.write(features_name, features);
    source.labels = folder.write(labels_name, labels);
    return load(source, classes);
}

Source with_header() {
    Source source;
    source.header = Header::yes;
    return source;
}

const std::string three_rows = npy("|u1", "(3, 2)", "\x01\x02\x03\x04\x05\x06");

} // namespace

TEST_CASE("a CSV without header has the label in its last column", "[load]") {
    const Dataset set = load_csv("1,2,7\n3,4,5\n5,6,7\n");
    CHECK(set.rows == 3);
    CHECK(set.feature_shape == Shape{2});
    CHECK(set.features == Values{1, 2, 3, 4, 5, 6});
    CHECK(set.integral);
    CHECK(set.feature_names.empty());
    CHECK(set.class_names == Names{"5", "7"});
    CHECK(set.labels == Labels{1, 0, 1});
    CHECK(set.targets.empty());
    CHECK(set.target_size == 0);
}

TEST_CASE("the label column is named by header or index", "[load]") {
    const std::string text = "kind,width,height\ncat,1.5,2\nant,3,4\ncat,5,6\n";
    for (const std::string column : {"kind", "0", "-3"}) {
        CAPTURE(column);
        Source source;
        source.label_column = column;
        const Dataset set = load_csv(text, source);
        CHECK(set.feature_names == Names{"width", "height"});
        CHECK(set.features == Values{1.5, 2, 3, 4, 5, 6});
        CHECK_FALSE(set.integral);
        CHECK(set.class_names == Names{"ant", "cat"});
        CHECK(set.labels == Labels{1, 0, 1});
    }
    Source wrong;
    wrong.label_column = "knid";
    CHECK_THAT(csv_error(text, wrong), Catch::Contains("did you mean 'kind'?"));
}

TEST_CASE("classes that are numbers are sorted by value and have one spelling", "[load]") {
    const Dataset set = load_csv("0,10\n0,9\n0,-1\n0,9.0\n0,+9\n0,010\n");
    CHECK(set.class_names == Names{"-1", "9", "10"});
    CHECK(set.labels == Labels{2, 1, 0, 1, 1, 2});
    CHECK(load_csv("0,10\n0,9\n0,b\n").class_names == Names{"10", "9", "b"});
}

TEST_CASE("blanks around a class name do not make another class", "[load]") {
    CHECK(load_csv("0, cat\n0,cat \n0,\"cat\"\n").class_names == Names{"cat"});
}

TEST_CASE("a fixed list of classes is kept and others are refused", "[load]") {
    const Dataset set = load_csv("0,cat\n0,dog\n", {}, {"dog", "bird", "cat"});
    CHECK(set.class_names == Names{"dog", "bird", "cat"});
    CHECK(set.labels == Labels{2, 0});
    CHECK(load_csv("0,3\n0,2.0\n", {}, {"1", "2", "3"}).labels == Labels{2, 1});
    const std::string error = csv_error("0,cat\n0,dig\n", {}, {"cat", "dog"});
    CHECK_THAT(error, Catch::Contains("x.csv: line 2, column 2: the class 'dig' is not one of the known classes"));
    CHECK_THAT(error, Catch::Contains("did you mean 'dog'?"));
}

TEST_CASE("a cell that is not a finite number is an error with line, column and name", "[load]") {
    CHECK_THAT(csv_error("width,height,kind\n1,2,0\n\n3,x,1\n4,x,0\n", with_header()),
               Catch::Contains("x.csv: line 4, column 2 ('height'): 'x' is not a number"));
    CHECK_THAT(csv_error("1,2,0\n3,nan,1\n"), Catch::Contains("x.csv: line 2, column 2: 'nan' is not a finite number"));
    CHECK_THAT(csv_error("1,2,0\n-inf,2,1\n"), Catch::Contains("line 2, column 1: '-inf' is not a finite number"));
    CHECK_THAT(csv_error("1,2,0\n1e999,2,1\n"), Catch::Contains("line 2, column 1: '1e999' is not a finite number"));
    CHECK_THAT(csv_error("1,2,0\n3,,1\n"), Catch::Contains("line 2, column 2: the cell is empty"));
    CHECK_THAT(csv_error("a,b,c\nd,2,1\n"), Catch::Contains("line 2, column 1 ('a'): 'd' is not a number"));
    CHECK_THAT(csv_error("a,b,c\nd,e,f\n"),
               Catch::Contains("line 1, column 1: 'a' is not a number (if the first row is a header"));
    CHECK_THAT(csv_error("1,2,\n3,4,1\n"), Catch::Contains("line 1, column 3: the label is missing"));
    CHECK_THAT(csv_error("1,2,0\n3,NA,1\n"),
               Catch::Contains("'NA' is not a number") && Catch::Contains("leave the row out"));
    CHECK_THAT(csv_error("1,2,0\n\"3,5\",4,1\n"),
               Catch::Contains("'3,5' is not a number (write numbers with a decimal point"));
    CHECK_THAT(csv_error("1,2,0\n3,4\n"), Catch::Contains("line 2: the row has 2 cells"));
}

TEST_CASE("a continuous label asks for a regression", "[load]") {
    CHECK_THAT(csv_error("1,0.5\n2,1\n"),
               Catch::Contains("line 1, column 2: the label '0.5' is a number but not an integer"));
    CHECK_THAT(csv_error("1,0\n2,nan\n"), Catch::Contains("line 2, column 2: the label 'nan'"));
    CHECK_THAT(error_of([] {
                   load_two("x.npy", three_rows, "y.npy", npy("<f4", "(3,)", floats({0, 1, 1.5F})));
               }),
               Catch::Contains("y.npy: element [2]: the label '1.5"));
}

TEST_CASE("columns that are no features or labels are noticed", "[load]") {
    // pandas numbers the rows unless told not to.
    CHECK_THAT(csv_error(",a,kind\n0,5,x\n1,6,y\n2,7,x\n"),
               Catch::Contains("column 1: the column has no name and counts the rows") &&
                   Catch::Contains("index=False"));
    CHECK_THAT(csv_error("Unnamed: 0,a,kind\n0,5,x\n1,6,y\n"), Catch::Contains("counts the rows"));
    CHECK_THAT(csv_error("a,kind,\n1,x,\n2,y,\n"), Catch::Contains("end in a delimiter?"));
}

TEST_CASE("tables without features or rows are refused", "[load]") {
    CHECK_THAT(csv_error("1\n2\n"), Catch::Contains("no column is left for the features"));
    CHECK_THAT(csv_error("1;2\n3;4\n"), Catch::Contains("is the delimiter right?") && Catch::Contains("it may be ';'"));
    CHECK_THAT(csv_error("a,b\n", with_header()), Catch::Contains("there are no rows"));
    CHECK_THAT(error_of([] { load_two("x.npy", npy("|u1", "(0, 2)", ""), "y.npy", npy("|u1", "(0,)", "")); }),
               Catch::Contains("x.npy: there are no rows"));
    CHECK_THAT(error_of([] { load_two("x.npy", npy("|u1", "(2, 0)", ""), "y.npy", npy("|u1", "(2,)", "12")); }),
               Catch::Contains("x.npy: the rows are empty"));
    CHECK_THAT(error_of([] { load_two("x.npy", npy("|u1", "()", "1"), "y.npy", npy("|u1", "(1,)", "1")); }),
               Catch::Contains("x.npy: the file holds a single number"));
}

TEST_CASE("a regression reads target columns in the order asked for", "[load]") {
    Source source;
    source.regression = true;
    CHECK(load_csv("1,2,3.5\n4,5,6\n", source).targets == Values{3.5, 6});
    CHECK(load_csv("1,2,3.5\n4,5,6\n", source).features == Values{1, 2, 4, 5});
    source.target_columns = {"c", "0"};
    const Dataset set = load_csv("a,b,c\n1,2,3.5\n4,5,6\n", source);
    CHECK(set.target_size == 2);
    CHECK(set.targets == Values{3.5, 1, 6, 4});
    CHECK(set.features == Values{2, 5});
    CHECK(set.feature_names == Names{"b"});
    CHECK(set.labels.empty());
    CHECK(set.class_names.empty());
    source.target_columns = {"c", "-1"};
    CHECK_THAT(csv_error("a,b,c\n1,2,3.5\n", source), Catch::Contains("column '-1' is named twice"));
}

TEST_CASE("settings that contradict each other are refused", "[load]") {
    Source source;
    source.target_columns = {"0"};
    CHECK_THAT(csv_error("1,2\n", source), Catch::Contains("target columns are for a regression"));
    source.regression = true;
    source.label_column = "1";
    CHECK_THAT(csv_error("1,2\n", source), Catch::Contains("either a label column or target columns"));
}

TEST_CASE("features and labels are read from two .npy files", "[load]") {
    const Dataset set = load_two("x.npy", npy("<f4", "(2, 2, 2)", floats({1, 2, 3, 4, 5, 6, 7, 8})), "y.npy.gz",
                                 gzip(npy("<i8", "(2, 1)", std::string("\x09\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0", 16))));
    CHECK(set.rows == 2);
    CHECK(set.feature_shape == Shape{2, 2});
    CHECK(set.features_per_row() == 4);
    CHECK(set.features == Values{1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(set.integral); // by their values
    CHECK(set.class_names == Names{"2", "9"});
    CHECK(set.labels == Labels{1, 0});
    CHECK(load_two("x.npy", npy("|u1", "(2,)", "ab"), "y.npy", npy("|u1", "(2,)", "ab")).feature_shape == Shape{1});
}

TEST_CASE("features and labels may be of different kinds of file", "[load]") {
    const Dataset set = load_two("x.npy", three_rows, "y.csv", "cat\ndog\ncat\n");
    CHECK(set.class_names == Names{"cat", "dog"});
    CHECK(set.labels == Labels{0, 1, 0});
    CHECK(load_two("x.npy", three_rows, "y.csv", "id,kind\n1,b\n2,a\n3,a\n").labels == Labels{1, 0, 0});
    const Dataset mixed = load_two("x.csv", "a,b\n1,2\n3,4\n", "y.npy", npy("|u1", "(2,)", "\x01\x02"));
    CHECK(mixed.features == Values{1, 2, 3, 4});
    CHECK(mixed.feature_names == Names{"a", "b"});
    CHECK(mixed.labels == Labels{0, 1});
    Source regression;
    regression.regression = true;
    CHECK(load_two("x.npy", three_rows, "y.csv", "1,2\n3,4\n5,6\n", regression).target_size == 2);
    const Dataset angles =
        load_two("x.npy", three_rows, "y.npy", npy("<f4", "(3,)", floats({0.5F, 1, -2})), regression);
    CHECK(angles.targets == Values{0.5, 1, -2});
    CHECK(angles.target_size == 1);
}

TEST_CASE("an .npz holds features x and labels y", "[load]") {
    const Folder folder;
    const std::string labels = npy("|u1", "(3,)", std::string("\x01\x00\x01", 3));
    const auto both = folder.write("both.npz", zip({{"y.npy", labels}, {"x.npy", three_rows}}));
    Source source;
    source.features = both;
    CHECK(load(source).features == Values{1, 2, 3, 4, 5, 6});
    CHECK(load(source).labels == Labels{1, 0, 1});
    CHECK(load_features(both).values == Values{1, 2, 3, 4, 5, 6});
    source.features = folder.write("features.npz", zip({{"whatever.npy", three_rows}}));
    source.labels = both;
    CHECK(load(source).labels == Labels{1, 0, 1});
    source.labels = std::nullopt;
    CHECK_THAT(error_of([&] { load(source); }), Catch::Contains("there is no array 'x'"));
    source.features = folder.write("unlabelled.npz", zip({{"x.npy", three_rows}}));
    CHECK_THAT(error_of([&] { load(source); }), Catch::Contains("there is no array 'y'"));
    source.labels = both;
    source.features = folder.write("others.npz", zip({{"a.npy", three_rows}, {"b.npy", labels}}));
    CHECK_THAT(error_of([&] { load(source); }), Catch::Contains("there is no array 'x'"));
}

TEST_CASE("numbers of rows must agree", "[load]") {
    CHECK_THAT(error_of([] { load_two("x.npy", three_rows, "y.npy", npy("|u1", "(2,)", "12")); }),
               Catch::Contains("y.npy: there are 2 labels for 3 rows of"));
    CHECK_THAT(error_of([] { load_two("x.npy", three_rows, "y.csv", "1\n2\n3\n4\n"); }),
               Catch::Contains("y.csv: there are 4 labels for 3 rows of") && Catch::Contains("header, say so"));
}

TEST_CASE("one-hot labels and an .npy without labels are refused", "[load]") {
    CHECK_THAT(error_of([] { load_two("x.npy", three_rows, "y.npy", three_rows); }),
               Catch::Contains("each row has 2 labels") && Catch::Contains("argmax"));
    const Folder folder;
    Source source;
    source.features = folder.write("x.npy", three_rows);
    CHECK_THAT(error_of([&] { load(source); }), Catch::Contains("an .npy file holds no labels"));
}

TEST_CASE("NaN and infinity in an array are errors with their index", "[load]") {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    const std::string bad = npy("<f4", "(2, 3)", floats({1, 2, 3, 4, nan, 6}));
    CHECK_THAT(error_of([&] { load_two("x.npy", bad, "y.npy", npy("|u1", "(2,)", "12")); }),
               Catch::Contains("x.npy: NaN at element [1, 1]"));
    const std::string worse = npy("<f4", "(2, 3)", floats({1, 2, 3, 4, 5, -infinity}), true);
    const Folder folder;
    CHECK_THAT(error_of([&] { load_features(folder.write("x.npy", worse)); }),
               Catch::Contains("x.npy: infinity at element [1, 2]"));
    CHECK_THAT(error_of([&] {
                   load_features(folder.write("x.npz", zip({{"x.npy", bad}})));
               }),
               Catch::Contains("x.npz, array 'x': NaN at element [1, 1]"));
}

TEST_CASE("features alone need no labels", "[load]") {
    const Folder folder;
    const Array table = load_features(folder.write("x.csv", "a,b\n1,2\n3,4.5\n"));
    CHECK(table.shape == Shape{2, 2});
    CHECK(table.values == Values{1, 2, 3, 4.5});
    CHECK_FALSE(table.integral);
    CHECK(load_features(folder.write("i.csv", "1,2\n3,4\n")).integral);
    CHECK(load_features(folder.write("x.npy", three_rows)).shape == Shape{3, 2});
}

TEST_CASE("missing files and unknown kinds are errors that name the file", "[load]") {
    CHECK_THAT(error_of([] { load_features("/nowhere/x.npy"); }), Catch::StartsWith("/nowhere/x.npy: cannot read"));
    CHECK_THAT(error_of([] { load_features("table.xlsx"); }),
               Catch::StartsWith("table.xlsx: the kind of this file is not known"));
    const Folder folder;
    std::filesystem::create_directory(folder.path("folder.npy"));
    CHECK_THAT(error_of([&] { load_features(folder.path("folder.npy")); }), Catch::Contains("folder.npy: cannot read"));
}

TEST_CASE("the digits of the example are all there", "[load][digits]") {
    Source source;
    source.features = std::filesystem::path(BITGRAIN_SOURCE_DIR) / "examples/digits/digits.csv.gz";
    const Dataset set = load(source);
    CHECK(set.rows == 1797);
    CHECK(set.feature_shape == Shape{64});
    CHECK(set.integral);
    CHECK(*std::min_element(set.features.begin(), set.features.end()) == 0);
    CHECK(*std::max_element(set.features.begin(), set.features.end()) == 16);
    CHECK(set.class_names == Names{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
    std::vector<int> counts(10, 0);
    for (const std::int32_t label : set.labels)
        ++counts[static_cast<std::size_t>(label)];
    CHECK(counts == std::vector<int>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180});
}

TEST_CASE("a cut or changed table is loaded or refused, never worse", "[load][corruption]") {
    const Folder folder;
    const std::string text = "a,b,kind\n1,2,cat\n3,-4.5,dog\n\"5\",6e2,cat\n";
    Source source;
    source.features = folder.path("x.csv.gz");
    const auto reader = [&](const std::string& variant) {
        folder.write("x.csv.gz", variant);
        const Dataset set = load(source);
        REQUIRE(set.features.size() == set.rows * set.features_per_row());
        REQUIRE(set.labels.size() == set.rows);
    };
    CHECK(count_refused(text, reader) > 10);
}

TEST_CASE("a column holds the weights of the rows and is no feature", "[load]") {
    Source source = with_header();
    source.label_column = "class";
    source.weight_column = "w";
    const Dataset set = load_csv("a,w,class\n1,0.5,7\n3,2,5\n", source);
    CHECK(set.features == Values{1, 3});
    CHECK(set.feature_names == Names{"a"});
    CHECK(set.weights == Values{0.5, 2});
    CHECK(subset(set, {1}).weights == Values{2});
    CHECK(csv_error("a,w,class\n1,0,7\n", source).find("not positive") != std::string::npos);
    source.weight_column = "class";
    CHECK(csv_error("a,w,class\n1,1,7\n", source).find("both weight and label") != std::string::npos);
}

TEST_CASE("weights may come in a file of their own", "[load]") {
    const Folder folder;
    Source source;
    source.weights = folder.write("w.csv", "2\n1\n4\n");
    CHECK(load_two("x.npy", three_rows, "y.csv", "0\n1\n0\n", source).weights == Values{2, 1, 4});
    source.weights = folder.write("w.csv", "2\n1\n");
    CHECK(error_of([&] { load_two("x.npy", three_rows, "y.csv", "0\n1\n0\n", source); }).find("2 weights for 3 rows") !=
          std::string::npos);
}
