// QMultiHeadAttention and QLinformerAttention (method, section 10.3): projections, scores of queries and keys, their
// softmax, and the values weighted by it. All sequence axes take part. H heads, T queries, S keys, D numbers each:
//   q = Wq x (T H D), k = Wk z (S H D), v = Wv z (S H E)
//   y = Wo (softmax(q k / sqrt(D)) v)
// A Linformer first projects keys and values along the sequence.
#include "import/layers/contract.hpp"
#include "import/layers/linear.hpp"
#include "import/layers/table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitgrain::import {

namespace {

std::string letters(char first, std::size_t count) {
    std::string text(count, first);
    std::iota(text.begin(), text.end(), first);
    return text;
}

/// The axes between batch and features.
std::vector<std::size_t> sequence(const Tensor& x) {
    return {x.shape.begin(), x.shape.end() - 1};
}

class Attention {
  public:
    explicit Attention(Context& context) : context_(context), config_(context.config()) {
        ignore_training(context);
        context.ignore({"dropout", "seed"});
        context.require("use_gate", false);
        context.require("sliding_window", nullptr);
        context.require("enable_oq", false);
        context.require("enable_iq", true);
        context.ignore({"oq_conf"});
        heads_ = config_.get<std::size_t>("num_heads");
        key_size_ = config_.get<std::size_t>("key_dim");
        if (heads_ == 0 || key_size_ == 0) context.fail("has no heads, or keys of no size");
        biased_ = config_.get<bool>("use_bias");
        fuse_ = config_.choice("fuse", {"none", "kv", "qkv"}, 0);
        parallel_ = config_.get<std::int64_t>("parallelization_factor", -1);
        if (context.inputs().size() != 2 && context.inputs().size() != 3)
            context.fail("has " + std::to_string(context.inputs().size()) + " inputs, not query, value and key",
                         "masks are not supported");
        query_ = context.inputs()[0];
        value_ = context.inputs()[1];
        key_ = context.inputs().back();
        for (const Tensor* x : {&query_, &value_, &key_}) {
            if (x->shape.size() < 2 || x->shape.size() > 4 || x->shape.size() != query_.shape.size())
                context.fail("an input has " + std::to_string(x->shape.size()) +
                             " axes, supported are one to three of the sequence and one of features");
        }
        if (sequence(key_) != sequence(value_)) context.fail("keys and values are sequences of different lengths");
        if ((fuse_ >= 1 && key_.value != value_.value) || (fuse_ == 2 && query_.value != value_.value))
            config_.at("fuse").fail("shares an input quantizer between different inputs");
        require_all_axes();
    }

    void project_sequences() {
        const auto sizes = config_.get<std::vector<std::size_t>>("lin_kv_proj_dim");
        config_.has("lin_kv_proj_mode");
        context_.require("lin_kv_proj_mode", "dense");
        const bool shared = config_.get<bool>("share_kv_proj", false);
        if (fuse_ != 0) config_.at("fuse").fail("is not 'none'");
        const Part* keys = &context_.part("_lin_k_proj");
        if (sizes.size() != key_.shape.size() - 1) config_.at("lin_kv_proj_dim").fail("does not fit the sequence axes");
        const std::size_t axes = sizes.size();
        const std::string from = letters('b', axes), feature(1, static_cast<char>('b' + axes)),
                          to = letters(static_cast<char>('c' + axes), axes);
        const std::string equation = "a" + from + feature + "," + from + to + "->a" + to + feature;
        const Tensor plain = value_;
        value_ = key_.value == plain.value && shared
                     ? project("_lin_k_proj", equation, {}, false, key_, keys, true)
                     : project(shared ? "_lin_k_proj" : "_lin_v_proj", equation, {}, false, plain, nullptr, true);
        // A shared projection is one layer to HGQ2, however often it is used: it counts once.
        key_ = key_.value == plain.value && shared ? value_
                                                   : project("_lin_k_proj", equation, {}, false, key_, keys, !shared);
        context_.require_sizes("lin_kv_proj_dim", sequence(key_));
    }

    Tensor run() {
        const std::size_t axes = query_.shape.size() - 1;
        const std::string seq = letters('b', axes), feature(1, static_cast<char>('b' + axes)),
                          head = letters(static_cast<char>('c' + axes), 2);
        const std::string into = "a" + seq + feature + "," + feature + head + "->a" + seq + head;
        std::vector<double> q_bits, k_bits, v_bits, a_bits;
        Tensor q = heads("query_dense", into, head, query_, fuse_ == 2, q_bits);
        Tensor k = heads("key_dense", into, "", key_, false, k_bits);
        Tensor v = heads("value_dense", into, head, value_, fuse_ >= 1, v_bits);
        if (q.shape[axes] != heads_ || k.shape[axes] != heads_ || v.shape[axes] != heads_ ||
            q.shape.back() != key_size_ || k.shape.back() != key_size_)
            context_.fail("the stored projections are not those of the configured heads");
        context_.require_sizes("value_dim", {v.shape.back()}, {key_size_});
        std::vector<std::size_t> scores{heads_};
        for (const Tensor* x : {&query_, &key_})
            scores.insert(scores.end(), x->shape.begin(), x->shape.end() - 1);
        for (Tensor* x : {&q, &k, &v})
            x->shape = {x->size() / (heads_ * x->shape.back()), heads_, x->shape.back()};

        double ebops = 0;
        Tensor a = product(q, k, "aqnd,knd->anqk", q_bits, k_bits, ebops);
        const std::vector<std::size_t> flat = a.shape;
        a.shape = scores;
        a = softmaxed(a, axes, a_bits);
        a.shape = flat;
        Tensor y = product(a, v, "anqk,kne->aqne", a_bits, v_bits, ebops);
        context_.take(context_.counters());
        context_.count(ebops);

        y.shape = sequence(query_);
        y.shape.insert(y.shape.end(), {heads_, v.shape.back()});
        const std::size_t rank = part("output_dense").variables.front().second.shape.size();
        if (rank < 3) context_.fail("the stored output projection has too few axes");
        const std::string out = letters(static_cast<char>('e' + axes), rank - 2);
        const std::string back = "a" + seq + head + "," + head + out + "->a" + seq + out;
        y = project("output_dense", back, biased_ ? out : "", false, y, nullptr, true);
        context_.require_sizes("output_shape", {y.shape.begin() + static_cast<std::ptrdiff_t>(axes), y.shape.end()},
                               {query_.shape.back()});
        return y;
    }

  private:
    /// Keras may leave some axes out of the sums; HGQ2 does not do that well.
    void require_all_axes() {
        if (!config_.has("attention_axes") || config_.at("attention_axes").json().is_null()) return;
        auto axes = config_.get<std::vector<std::int64_t>>("attention_axes");
        for (std::int64_t& axis : axes)
            axis += axis < 0 ? static_cast<std::int64_t>(query_.shape.size()) + 1 : 0;
        std::sort(axes.begin(), axes.end());
        std::vector<std::int64_t> all(query_.shape.size() - 1);
        std::iota(all.begin(), all.end(), std::int64_t{1});
        if (axes != all) config_.at("attention_axes").fail("leaves out an axis of the sequence: not supported");
    }

    const Part& part(const std::string& name) const {
        const Part& found = context_.part(name);
        if (found.variables.empty()) context_.fail("the part '" + name + "' has no stored kernel");
        return found;
    }

    /// A QEinsumDense inside the layer.
    Tensor project(const std::string& name, const std::string& equation, const std::string& bias_axes, bool quantised,
                   const Tensor& x, const Part* weights, bool counted) {
        Json config{{"equation", equation},
                    {"bias_axes", bias_axes.empty() ? Json() : Json(bias_axes)},
                    {"enable_iq", true},
                    {"enable_oq", quantised},
                    {"enable_ebops", config_.get<bool>("enable_ebops", false)},
                    {"parallelization_factor", parallel_}};
        for (const char* key : {"iq", "kq", "bq", "oq"})
            config[std::string(key) + "_conf"] = config_.at("qkvo_" + std::string(key) + "_conf").json();
        const Ebops before = context_.notes().ebops;
        Tensor y = context_.inside(name, std::move(config), {x}, einsum_dense, weights);
        if (!counted) context_.notes().ebops = before;
        return y;
    }

    /// Queries, keys or values of all heads; `bits` gets their widths. A shared input quantizer is stored for the keys.
    Tensor heads(const std::string& name, const std::string& equation, const std::string& bias_axes, const Tensor& x,
                 bool shares, std::vector<double>& bits) {
        Part weights = part(name);
        if (shares) {
            if (weights.find("iq") != nullptr)
                context_.fail("'" + name + "' has an input quantizer although it shares one");
            weights.parts.push_back(context_.part("key_dense").at("iq", context_.where()));
        }
        Tensor y = project(name, equation, biased_ ? bias_axes : "", true, x, &weights, true);
        bits = read_quantizer(config_.at("qkvo_oq_conf"), weights.at("oq", context_.where()), y.shape).bits;
        return y;
    }

    Tensor product(const Tensor& a, const Tensor& b, const std::string& text, const std::vector<double>& a_bits,
                   const std::vector<double>& b_bits, double& ebops) {
        const Equation equation(text, a.shape, b.shape, context_.where());
        const Equation::Edges edges = equation.edges();
        for (std::size_t e = 0; e < edges.inputs.size(); ++e)
            ebops +=
                a_bits[static_cast<std::size_t>(edges.inputs[e])] * b_bits[static_cast<std::size_t>(edges.kernel[e])];
        return contract(context_, a, b, equation);
    }

    /// Versions of HGQ2 before 0.2 quantise the scores, too: then that quantizer is stored.
    Tensor softmaxed(const Tensor& scores, std::size_t query_axes, std::vector<double>& bits) {
        const Part& stored = context_.part("_softmax");
        Json config{{"enable_iq", stored.find("iq") != nullptr},
                    {"enable_oq", true},
                    {"enable_ebops", config_.get<bool>("enable_ebops", false)},
                    {"stable", config_.get<bool>("stable_softmax")},
                    {"input_scaler", 1.0 / std::sqrt(static_cast<double>(key_size_))}};
        for (const char* key : {"iq", "oq", "exp_iq", "exp_oq", "inv_iq", "inv_oq"})
            config[std::string(key) + "_conf"] = config_.at("softmax_" + std::string(key) + "_conf").json();
        config_.has("softmax_allow_heterogeneous_table");
        config["axes"] = Json::array();
        for (std::size_t axis = query_axes + 2; axis <= scores.shape.size(); ++axis)
            config["axes"].push_back(axis);
        bits = read_quantizer(config_.at("softmax_oq_conf"), stored.at("oq", context_.where()), scores.shape).bits;
        return context_.inside("_softmax", std::move(config), {scores}, softmax);
    }

    Context& context_;
    JsonReader& config_;
    std::size_t heads_ = 0, key_size_ = 0, fuse_ = 0;
    std::int64_t parallel_ = -1;
    bool biased_ = false;
    Tensor query_, value_, key_;
};

} // namespace

Tensor multi_head_attention(Context& context) {
    return Attention(context).run();
}

Tensor linformer_attention(Context& context) {
    Attention attention(context);
    attention.project_sequences();
    return attention.run();
}

} // namespace bitgrain::import
