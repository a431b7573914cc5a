#include "import/layers/axes.hpp"

namespace bitgrain::import {

std::vector<bool> read_axes(Context& context, const std::string& key, std::size_t rank) {
    const JsonReader reader = context.config().at(key);
    const auto list = reader.json().is_number() ? std::vector<std::int64_t>{reader.as<std::int64_t>()}
                                                : reader.as<std::vector<std::int64_t>>();
    std::vector<bool> axes(rank, false);
    for (std::int64_t axis : list) {
        if (axis < 0) axis += static_cast<std::int64_t>(rank) + 1;
        if (axis < 1 || axis > static_cast<std::int64_t>(rank)) reader.fail("an axis is the batch or does not exist");
        axes[static_cast<std::size_t>(axis - 1)] = true;
    }
    if (list.empty()) reader.fail("names no axis");
    return axes;
}

std::vector<std::vector<std::int64_t>> groups_along(const std::vector<std::size_t>& shape,
                                                    const std::vector<bool>& axes) {
    std::size_t group = 1;
    for (std::size_t a = 0; a < shape.size(); ++a)
        group *= axes[a] ? shape[a] : 1;
    std::vector<std::vector<std::int64_t>> groups(elements(shape) / group);
    for (std::size_t e = 0; e < elements(shape); ++e) {
        std::size_t rest = e, at = 0, stride = 1;
        for (std::size_t a = shape.size(); a-- > 0;) {
            if (!axes[a]) {
                at += rest % shape[a] * stride;
                stride *= shape[a];
            }
            rest /= shape[a];
        }
        groups[at].push_back(static_cast<std::int64_t>(e));
    }
    return groups;
}

} // namespace bitgrain::import
