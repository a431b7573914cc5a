// The idx format: known bytes, every element type, damage.
#include "data/dataset.hpp"
#include "data/idx.hpp"
#include "fixtures.hpp"

using namespace bitgrain;
using namespace bitgrain::data;
using namespace bitgrain::data::fixtures;

namespace {

using Values = std::vector<double>;
using Shape = std::vector<std::size_t>;

const std::string two_images = from_hex("00000803"
                                        "00000002"
                                        "00000001"
                                        "00000003"
                                        "000102fdfeff");

} // namespace

TEST_CASE("idx bytes are read by their header", "[idx]") {
    const Array images = parse_idx(two_images, "x");
    CHECK(images.shape == Shape{2, 1, 3});
    CHECK(images.values == Values{0, 1, 2, 253, 254, 255});
    CHECK(images.integral);
    CHECK(parse_idx(from_hex("00000901"
                             "00000002"
                             "7fff"),
                    "x")
              .values == Values{127, -1});
    CHECK(parse_idx(from_hex("00000b01"
                             "00000001"
                             "ff00"),
                    "x")
              .values == Values{-256});
    CHECK(parse_idx(from_hex("00000c01"
                             "00000001"
                             "00010000"),
                    "x")
              .values == Values{65536});
    const Array real = parse_idx(from_hex("00000d01"
                                          "00000001"
                                          "3fc00000"),
                                 "x");
    CHECK(real.values == Values{1.5});
    CHECK(!real.integral);
    CHECK(parse_idx(from_hex("00000e01"
                             "00000001"
                             "bff8000000000000"),
                    "x")
              .values == Values{-1.5});
}

TEST_CASE("names of idx files", "[idx]") {
    CHECK(is_idx_name("train-images-idx3-ubyte"));
    CHECK(is_idx_name("t10k-labels-idx1-ubyte"));
    CHECK(is_idx_name("a.idx"));
    CHECK(!is_idx_name("idx"));
    CHECK(!is_idx_name("images-idx3-csv"));
    CHECK(!is_idx_name("idx3"));
}

TEST_CASE("a packed idx pair is a data set", "[idx]") {
    const Folder folder;
    Source source;
    source.features = folder.write("train-images-idx3-ubyte.gz", gzip(two_images));
    CHECK(error_of([&] { load(source); }).find("idx file holds no labels") != std::string::npos);
    source.labels = folder.write("train-labels-idx1-ubyte.gz", gzip(from_hex("00000801"
                                                                             "00000002"
                                                                             "0907")));
    const Dataset set = load(source);
    CHECK(set.feature_shape == Shape{1, 3});
    CHECK(set.class_names == std::vector<std::string>{"7", "9"});
    CHECK(set.labels == std::vector<std::int32_t>{1, 0});
}

TEST_CASE("damaged idx files are refused or read, never worse", "[idx]") {
    CHECK(count_refused(two_images, [](const std::string& bytes) { parse_idx(bytes, "x"); }) > 20);
    CHECK(error_of([] {
              parse_idx(from_hex("00000803"
                                 "ffffffff"
                                 "ffffffff"
                                 "ffffffff"
                                 "00"),
                        "x");
          }).find("another number of elements") != std::string::npos);
    CHECK(error_of([] {
              parse_idx(from_hex("00000703"
                                 "00000000"),
                        "x");
          }).find("element type") != std::string::npos);
}
