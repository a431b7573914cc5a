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

class Ports {
  public:
    Ports(model::Model& model, std::string where) : model_(model), where_(std::move(where)) {}

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
            for (std::size_t e = 0; e < from.size(); ++e) {
                if (from[e]) add(readers_[from[e]->input][from[e]->element], cast->casts[e]);
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

    static void add(std::vector<fx::Cast>& list, const fx::Cast& cast) {
        if (cast.format.is_zero()) return;
        if (std::find(list.begin(), list.end(), cast) == list.end()) list.push_back(cast);
    }

    void set(model::Input& input, const std::vector<std::vector<fx::Cast>>& readers) const {
        std::optional<fx::Cast> first;
        bool one_kind = true, any_wraps = false, any_saturates = false;
        for (const auto& list : readers) {
            if (list.size() > 1) one_kind = false;
            for (const fx::Cast& cast : list) {
                if (!first) first = cast;
                one_kind = one_kind && cast.round == first->round && cast.overflow == first->overflow;
                (cast.overflow == fx::Overflow::wrap ? any_wraps : any_saturates) = true;
            }
        }
        if (!first) return; // nothing reads it
        if (one_kind) {
            input.round = first->round;
            input.overflow = first->overflow;
            for (std::size_t e = 0; e < readers.size(); ++e)
                input.formats[e] = readers[e].empty() ? fx::Format{} : readers[e].front().format;
            return;
        }
        if (any_wraps && any_saturates) {
            throw Error("some quantizers of input '" + input.name + "' wrap and others saturate", where_,
                        "no port serves both: use one overflow mode for all of them");
        }
        input.round = fx::Round::trn;
        input.overflow = any_wraps ? fx::Overflow::wrap : fx::Overflow::sat;
        for (std::size_t e = 0; e < readers.size(); ++e)
            input.formats[e] = common(input, readers[e]);
    }

    fx::Format common(const model::Input& input, const std::vector<fx::Cast>& list) const {
        if (list.empty()) return {};
        fx::Format format{false, list[0].format.integer, list[0].format.fraction};
        for (const fx::Cast& cast : list) {
            if (cast.round == fx::Round::rnd_conv) {
                throw Error("input '" + input.name + "' has several quantizers and one rounds half to even", where_,
                            "no port serves all of them");
            }
            format.sign = format.sign || cast.format.sign;
            format.integer = std::max(format.integer, cast.format.integer);
            format.fraction = std::max(format.fraction, cast.format.fraction + (cast.round == fx::Round::rnd ? 1 : 0));
        }
        return format;
    }

    model::Model& model_;
    std::string where_;
    std::vector<std::vector<std::vector<fx::Cast>>> readers_; ///< by input and element
    std::vector<std::optional<Sources>> raw_;                 ///< by value: set when it is made of inputs
};

} // namespace

void set_input_formats(model::Model& model, const std::string& where) {
    Ports(model, where).set();
}

} // namespace bitgrain::import
