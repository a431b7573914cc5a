// bench_rtl_count NETLIST.json...: LUT, FF, carry cells and logic levels of netlists that yosys wrote, one line each.
#include "base/error.hpp"
#include "synthesis/mapped.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    using namespace bitgrain;
    try {
        for (int i = 1; i < argc; ++i) {
            const synthesis::Mapped m = synthesis::count_mapped(read_json(argv[i]), argv[i]);
            std::printf("%ld %ld %ld %d\n", m.lut, m.ff, m.carry, m.levels);
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
    return 0;
}
