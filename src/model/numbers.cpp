#include "model/numbers.hpp"

#include "base/error.hpp"
#include "model/inference.hpp"

#include <algorithm>

namespace bitgrain::model {

namespace {

/// Multiplies codes by this to move them to a grid at least as fine.
std::int64_t refine(int fraction, int finer) {
    return fx::shift_left(1, finer - fraction);
}

} // namespace

Numbers::Numbers(const Model& model)
    : model_(&model), intervals_(model, {}), ranges_(intervals(model)), columns_(model.steps.size()),
      tables_(model.steps.size()) {
    for (std::size_t s = 0; s < model.steps.size(); ++s) {
        const Step& step = model.steps[s];
        if (const auto* affine = std::get_if<Affine>(&step.op)) {
            columns_[s] = columns_of(*affine, ranges_[step.operands[0]], ranges_[model.inputs.size() + s]);
        } else if (const auto* table = std::get_if<Table>(&step.op)) {
            for (const Table::Content& content : table->tables)
                tables_[s].push_back(codes_of(content));
        }
    }
}

std::vector<Numbers::Column> Numbers::columns_of(const Affine& affine, const std::vector<fx::Interval>& x,
                                                 const std::vector<fx::Interval>& y) const {
    std::vector<Column> columns(affine.columns);
    for (std::size_t j = 0; j < affine.columns; ++j) {
        if (y[j].is_zero()) continue;
        for (std::size_t i = 0; i < affine.rows; ++i) {
            const double weight = affine.weights[i * affine.columns + j];
            if (weight == 0.0 || x[i].is_zero()) continue;
            const fx::Dyadic w = fx::to_dyadic(weight);
            columns[j].terms.push_back({i, fx::to_fraction(w.code, w.fraction + x[i].fraction, y[j].fraction)});
        }
        const fx::Dyadic bias = fx::to_dyadic(affine.bias[j]);
        columns[j].offset = fx::to_fraction(bias.code, bias.fraction, y[j].fraction);
    }
    return columns;
}

Block Numbers::add(const Block& a, const Block& b) const {
    if (a.range.is_zero()) return b;
    if (b.range.is_zero()) return a;
    Block y{intervals_.add(a.range, b.range), {}};
    if (y.range.is_zero()) return y;
    const std::int64_t fa = refine(a.range.fraction, y.range.fraction), fb = refine(b.range.fraction, y.range.fraction);
    for (std::size_t l = 0; l < lanes; ++l)
        y.codes[l] = a.codes[l] * fa + b.codes[l] * fb;
    return y;
}

Block Numbers::mul(const Block& a, const Block& b) const {
    Block y{intervals_.mul(a.range, b.range), {}};
    if (y.range.is_zero()) return y;
    for (std::size_t l = 0; l < lanes; ++l)
        y.codes[l] = a.codes[l] * b.codes[l];
    return y;
}

Block Numbers::maximum(const Block& a, const Block& b) const {
    if (a.range.is_zero()) return relu(b);
    if (b.range.is_zero()) return relu(a);
    Block y{intervals_.maximum(a.range, b.range), {}};
    if (y.range.is_zero()) return y;
    const std::int64_t fa = refine(a.range.fraction, y.range.fraction), fb = refine(b.range.fraction, y.range.fraction);
    for (std::size_t l = 0; l < lanes; ++l)
        y.codes[l] = std::max(a.codes[l] * fa, b.codes[l] * fb);
    return y;
}

Block Numbers::relu(const Block& a) {
    Block y{Intervals::relu(a.range), {}};
    if (y.range.is_zero()) return y;
    for (std::size_t l = 0; l < lanes; ++l)
        y.codes[l] = std::max<std::int64_t>(a.codes[l], 0);
    return y;
}

Block Numbers::cast(const Block& a, const fx::Cast& cast) const {
    Block y{range(), {}};
    if (y.range.is_zero()) return y;
    for (std::size_t l = 0; l < lanes; ++l)
        y.codes[l] = fx::cast(a.codes[l], a.range.fraction, cast);
    if (y.range.fraction != cast.format.fraction) { // the operand's grid is coarser than the format's
        for (std::int64_t& code : y.codes)
            code = fx::to_fraction(code, cast.format.fraction, y.range.fraction);
    }
    return y;
}

Block Numbers::table(const Block& a, const Table::Content& table) const {
    Block y{range(), {}};
    if (y.range.is_zero()) return y;
    const auto& op = std::get<Table>(model_->steps[step_].op);
    const TableCodes& codes = tables_[step_][op.index[element_]];
    const std::int64_t smallest = table.key.min_code();
    const std::int64_t factor = a.range.is_zero() ? 0 : refine(a.range.fraction, table.key.fraction);
    for (std::size_t l = 0; l < lanes; ++l) {
        y.codes[l] = codes.codes[static_cast<std::size_t>(a.codes[l] * factor - smallest)];
    }
    return y;
}

std::vector<Block> Numbers::affine(const Affine& affine, std::span<const Block> x) const {
    std::vector<Block> y(affine.columns);
    for (std::size_t j = 0; j < affine.columns; ++j) {
        const Column& column = columns_[step_][j];
        y[j].range = ranges_[model_->inputs.size() + step_][j];
        std::array<std::int64_t, lanes> sum{};
        sum.fill(column.offset);
        for (const Term& term : column.terms) {
            const std::int64_t* codes = x[term.row].codes.data();
            for (std::size_t l = 0; l < lanes; ++l)
                sum[l] += term.factor * codes[l];
        }
        y[j].codes = sum;
    }
    return y;
}

} // namespace bitgrain::model
