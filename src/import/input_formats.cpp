#include "import/input_formats.hpp"

#include "base/error.hpp"
#include "model/names.hpp"

#include <algorithm>
#include <optional>

namespace bitgrain::import {

namespace {

/// An element of an input, or none (the constant zero of a gather).
struct Source {
    std::size_t input = 0, element = 0;
};
using Sources = std::vector<std::optional<Source>>;

/// What a consumer does with an element.
struct Reader {
    fx::Cast cast;
    model::Rounding rounding = model::Rounding::rnd;

    friend bool operator==(const Reader&, const Reader&) = default;
};
using Readers = std::vector<Reader>;

class Ports {
  public:
    Ports(model::Model& model, std::string where, const std::map<std::size_t, model::Rounding>& roundings)
        : model_(model), where_(std::move(where)), roundings_(roundings) {}

    void set() {
        readers_.resize(model_.inputs.size());
        raw_.resize(model_.inputs.size() + model_.steps.size());
        for (std::size_t v = 0; v < model_.inputs.size(); ++v) {
            const std::size_t count = model_.inputs[v].formats.size();
            readers_[v].resize(count);
            Sources list;
            for (std::size_t e = 0; e < count; ++e)
                list.emplace_back(Source{v, e});
            raw_[v] = std::move(list);
        }
        for (std::size_t s = 0; s < model_.steps.size(); ++s)
            follow(s);
        for (const model::Output& output : model_.outputs) {
            if (raw_[output.value]) throw Error("an output is an input that nothing quantises", where_);
        }
        for (std::size_t v = 0; v < model_.inputs.size(); ++v)
            set(model_.inputs[v], readers_[v]);
    }

  private:
    void follow(std::size_t s) {
        const model::Step& step = model_.steps[s];
        const bool reads =
            std::any_of(step.operands.begin(), step.operands.end(), [&](std::size_t v) { return raw_[v].has_value(); });
        if (!reads) return;
        const auto refuse = [&] {
            throw Error("a network input reaches this layer without a quantizer", model::place(model_, s, where_),
                        "give the layer an input quantizer, or put a Quantizer layer before it");
        };
        if (const auto* cast = std::get_if<model::Cast>(&step.op)) {
            const Sources& from = *raw_[step.operands[0]];
            const auto own = roundings_.find(s);
            for (std::size_t e = 0; e < from.size(); ++e) {
                if (!from[e]) continue;
                const fx::Cast& how = cast->casts[e];
                const auto rounding = own == roundings_.end() ? static_cast<model::Rounding>(how.round) : own->second;
                add(readers_[from[e]->input][from[e]->element], {how, rounding});
            }
        } else if (const auto* gather = std::get_if<model::Gather>(&step.op)) {
            Sources all;
            for (const std::size_t v : step.operands) {
                if (!raw_[v]) refuse();
                all.insert(all.end(), raw_[v]->begin(), raw_[v]->end());
            }
            Sources list;
            for (const std::int64_t i : gather->index)
                list.push_back(i < 0 ? std::nullopt : all[static_cast<std::size_t>(i)]);
            const bool reads_any = std::any_of(list.begin(), list.end(), [](const auto& e) { return e.has_value(); });
            if (reads_any) raw_[model_.inputs.size() + s] = std::move(list); // otherwise a constant zero
        } else {
            refuse();
        }
    }

    static void add(Readers& list, const Reader& reader) {
        if (reader.cast.format.is_zero()) return;
        if (std::find(list.begin(), list.end(), reader) == list.end()) list.push_back(reader);
    }

    void set(model::Input& input, const std::vector<Readers>& readers) const {
        std::optional<Reader> first;
        bool one_kind = true, any_wraps = false, any_saturates = false;
        for (const auto& list : readers) {
            if (list.size() > 1) one_kind = false;
            for (const Reader& reader : list) {
                if (!first) first = reader;
                const fx::Overflow overflow = reader.cast.overflow;
                one_kind = one_kind && reader.rounding == first->rounding && overflow == first->cast.overflow;
                (overflow == fx::Overflow::wrap ? any_wraps : any_saturates) = true;
            }
        }
        if (!first) return; // nothing reads it
        if (one_kind) {
            input.round = first->rounding;
            input.overflow = first->cast.overflow;
            for (std::size_t e = 0; e < readers.size(); ++e)
                input.formats[e] = readers[e].empty() ? fx::Format{} : readers[e].front().cast.format;
            return;
        }
        if (any_wraps && any_saturates) {
            throw Error("some quantizers of input '" + input.name + "' wrap and others saturate", where_,
                        "no port serves both: use one overflow mode for all of them");
        }
        input.round = model::Rounding::trn;
        input.overflow = any_wraps ? fx::Overflow::wrap : fx::Overflow::sat;
        for (std::size_t e = 0; e < readers.size(); ++e)
            input.formats[e] = common(input, readers[e]);
    }

    fx::Format common(const model::Input& input, const Readers& list) const {
        if (list.empty()) return {};
        fx::Format format{false, list[0].cast.format.integer, list[0].cast.format.fraction};
        for (const auto& [cast, rounding] : list) {
            if (rounding != model::Rounding::rnd && rounding != model::Rounding::trn) {
                throw Error("input '" + input.name + "' has several quantizers and one rounds by " +
                                model::rounding_names()[static_cast<std::size_t>(rounding)],
                            where_, "no port serves all of them: put one Quantizer layer in front, or use RND or TRN");
            }
            format.sign = format.sign || cast.format.sign;
            format.integer = std::max(format.integer, cast.format.integer);
            format.fraction =
                std::max(format.fraction, cast.format.fraction + (rounding == model::Rounding::rnd ? 1 : 0));
        }
        return format;
    }

    model::Model& model_;
    std::string where_;
    const std::map<std::size_t, model::Rounding>& roundings_;
    std::vector<std::vector<Readers>> readers_; ///< by input and element
    std::vector<std::optional<Sources>> raw_;   ///< by value: set when it is made of inputs
};

} // namespace

void set_input_formats(model::Model& model, const std::string& where,
                       const std::map<std::size_t, model::Rounding>& roundings) {
    Ports(model, where, roundings).set();
}

} // namespace bitgrain::import
