// The problem in progress: a set of equations, each signal a sum of terms over other signals.
// Sources (inputs, constants) have no terms. At first there is one signal per distinct column whose terms are the
// signed digits of the column; sharing replaces a pair of terms that occurs often by a new signal, and the reverse (a
// signal used once is written out) keeps the sums as long as possible, so that the final trees are free to choose their
// order. A signal never changes its value, only how it is written: `form` is fixed.
#pragma once

#include "cmvm/adder_cost.hpp"
#include "cmvm/depth_rule.hpp"
#include "cmvm/linear_form.hpp"
#include "cmvm/pattern_index.hpp"
#include "cmvm/term_counts.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace bitgrain::cmvm {

struct Signal {
    LinearForm form;
    std::uint64_t hash = 0; ///< of the form
    Range range;
    bool source = false;
    bool alive = true;
    bool alone = false; ///< stays the sum of sources that it was made as
    int depth = 0;      ///< what its users count with; sources: arrival
    int limit = 0;      ///< its sum must be ready by then
    std::uint32_t outputs = 0;
    std::int64_t weight = 0; ///< of its terms (DepthRule)
    std::vector<RowTerm> terms;
    std::vector<std::uint64_t> uses; ///< packed Use, sorted

    bool is_row() const { return !source && alive; }
};

/// Where a signal is a term: in the sum of `row`, with this shift and sign.
struct Use {
    std::uint32_t row;
    int shift;
    bool negate;
};

/// A use as one number; rising numbers are rising rows, then shifts.
inline std::uint64_t pack_use(std::uint32_t row, int shift, bool negate) {
    return (static_cast<std::uint64_t>(row) << 32) | (static_cast<std::uint64_t>(shift + (1 << 14)) << 1) |
           static_cast<std::uint64_t>(negate);
}
inline Use unpack_use(std::uint64_t packed) {
    return {static_cast<std::uint32_t>(packed >> 32), static_cast<int>((packed & 0xffffffffULL) >> 1) - (1 << 14),
            (packed & 1) != 0};
}

struct SystemOutput {
    RowTerm term;
    bool zero = true;
};

/// A place where a group of terms can be replaced: the row and the first term's shift and sign there.
struct Occurrence {
    std::uint32_t row;
    int shift;
    bool negate;
};

/// Two or three terms that become a signal of their own.
struct Group {
    std::array<RowTerm, 3> terms; ///< as in a place where the first one has shift 0 and is added
    std::size_t count = 2;
    int depth = 0;                  ///< when their sum will be ready
    std::vector<Occurrence> places; ///< disjoint, by rising row and shift

    std::span<const RowTerm> span() const { return {terms.data(), count}; }
};

/// What an adder of these operands less is worth (PatternValue). A sum is as wide as its largest term whatever is
/// shared: what goes away is an adder of the smaller operand, so only the positions that the operands have in common
/// are saved. That other grids make worse partners is measured.
inline int worth(const Range& a, const Range& b, int bits) {
    return std::max(1, 4 * (bits - std::abs(top(a) - top(b))) - std::abs(a.lsb - b.lsb));
}

class System {
  public:
    System(const DepthRule& rule, const LutCosts& costs) : rule_(rule), costs_(costs) {}

    // ---- building ----
    std::uint32_t add_source(const Range& range, int arrival);
    /// A sum in its final place, to be filled with add_term. The form must be what the terms will add up to.
    std::uint32_t add_row(LinearForm form, int limit);
    void add_term(std::uint32_t row, RowTerm term);
    /// This sum shares nothing; to be said before its terms.
    void keep_alone(std::uint32_t row) { signals_[row].alone = true; }
    /// This sum will be a term of others: from now on it is ready no later than its terms allow at best.
    void fix_depth(std::uint32_t row);
    void add_output(RowTerm term, bool zero);

    // ---- reading ----
    const DepthRule& rule() const { return rule_; }
    const LutCosts& costs() const { return costs_; }
    std::size_t size() const { return signals_.size(); }
    const Signal& signal(std::uint32_t id) const { return signals_[id]; }
    const std::vector<SystemOutput>& outputs() const { return outputs_; }
    std::span<const Range> source_ranges() const { return sources_; }
    SignedRange term_range(const RowTerm& term) const {
        return {scaled(signals_[term.signal].range, term.shift), term.negate};
    }
    PatternValue pattern_value(Pattern pattern) const;
    /// The pattern and all its places, in time or not.
    void find(Pattern pattern, Group& group) const;
    /// Pair updates so far: the unit of effort, the same on every machine.
    std::int64_t work() const { return work_; }

    // ---- changing ----
    PatternIndex& index() { return index_; }
    /// There will be about so many pairs; to be said before any term.
    void expect_pairs(std::size_t pairs) { index_.clear(pairs); }
    /// Pairs are counted once all sums are there, not term by term; to be said before any term. Pays for large
    /// problems.
    void count_later() { least_ = 0; }
    /// From now on patterns that may be worth sharing are offered to the queue.
    void watch();
    /// Counts all patterns anew that occur at least so often, and offers what may be worth sharing. With 1 counts are
    /// exact from then on; with 2 those of patterns that occurred once before can be one too low, which is faster.
    void recount(std::uint32_t least);
    bool counts_exactly() const { return least_ == 1; }
    /// Scores are multiplied by 1 to 1 + noise, by a hash of pattern and seed.
    void blur(double noise, std::uint64_t seed) {
        noise_ = noise;
        seed_ = seed;
    }
    void spend(std::int64_t work) { work_ += work; }
    /// What sharing so many places gains; not above 0: nothing.
    float score(std::uint64_t key, const PatternValue& value, std::size_t count) const;
    /// Drops the places where a row would be late, and says when the sum will be ready.
    void keep_in_time(Group& group);
    /// Adds to a pair with all its places the third term that gains most; only the places that have it, and where three
    /// at once are in time, stay. Nothing when no term stands beside the pair twice.
    PatternValue add_third(Group& group);
    /// Queues a pattern that may be worth sharing.
    void offer(PatternIndex::Entry& entry, std::uint64_t key);
    /// Replaces the group in its places by one signal. Returns false when nothing changed.
    bool share(const Group& group);
    /// Writes a signal out in all sums that use it (an output stays).
    void write_out(std::uint32_t id);
    /// Another form of two digits of one signal: x + 2x = 4x - x, 4x - x = x + 2x. False when this pair has none or the
    /// place is taken.
    bool flip(std::uint32_t row, std::size_t position_a, std::size_t position_b);

    /// Flips digits so that the pattern occurs in more places.
    bool attract(Pattern pattern);

    /// share() refuses to make a signal with this signal's form until lift_bars(), which offers again what was refused.
    void bar(std::uint32_t id) { barred_.push_back(signals_[id].hash); }
    void lift_bars();

    // ---- trying: everything changed after begin() can be taken back ----
    void begin();
    void commit();
    void rollback();
    /// Signals whose terms changed since begin(), each once, in order of first change; dead ones included.
    void touched(std::vector<std::uint32_t>& ids);

  private:
    struct Change {
        enum class Kind : std::uint8_t { put, take, create, kill, depth, output };
        Kind kind;
        std::uint32_t id; ///< row, signal or output
        RowTerm term;     ///< put, take, output: what it was
        int depth = 0;    ///< depth: what it was
        int limit = 0;
    };

    /// Pairs whose tops are further apart are not counted: an adder of them would save few positions elsewhere. Pairs
    /// beyond these distances gain nothing (measured) and are a sixth of the time of a pass over a dense matrix.
    bool is_counted(const RowTerm& a, const RowTerm& b) const {
        const int most = rule_.operands() == 3 ? 3 : 4;
        return std::abs(tops_[a.signal] + a.shift - tops_[b.signal] - b.shift) <= most;
    }
    bool has(std::uint32_t row, const RowTerm& term) const;
    bool flip_towards(std::uint32_t row, const RowTerm& wanted);
    void put(std::uint32_t row, RowTerm term);
    void insert(std::uint32_t row, const RowTerm& term);
    void take(std::uint32_t row, std::size_t position);
    bool take_term(std::uint32_t row, RowTerm term);
    /// The pairs to be counted that this term makes with the terms of the row, into keys_.
    void list_pairs(std::uint32_t row, const RowTerm& term);
    void count_pair(std::uint64_t key, std::uint32_t times);
    void discount_pair(std::uint64_t key, std::uint32_t times);
    /// Starts counting terms in beside_.
    void begin_beside(std::size_t most, std::uint32_t least);
    /// The patterns of this term with those listed in beside_, into keys_, and how often each, into times_.
    void list_beside(const RowTerm& term);
    /// Puts a new signal, as it stands where the first term has shift 0 and is added, in the places of the group.
    void replace(const Group& group, const std::vector<Occurrence>& places, const RowTerm& by);
    /// insert() without counting.
    void append(std::uint32_t row, const RowTerm& term);
    std::uint32_t new_signal(LinearForm form);
    /// The living signal with this (normalised) form of this hash.
    std::optional<std::uint32_t> find_form(const LinearForm& form, std::uint64_t hash) const;
    /// Signals with one use are written out, sums of one term are replaced by that term, unused signals die.
    void settle();
    void replace_uses(std::uint32_t id, RowTerm by);
    void kill(std::uint32_t id);
    void register_form(std::uint32_t id);
    void forget_form(std::uint32_t id);
    void set_depth(std::uint32_t id, int depth);
    void set_output(std::size_t index, RowTerm term);
    void note(const Change& change) {
        if (recording_) journal_.push_back(change);
    }
    /// The depth its users count with, or would count with.
    int ready_depth(std::uint32_t id) const;
    /// Could `id` be a term of `row`: no cycle, and in time.
    bool may_use(std::uint32_t id, std::uint32_t row) const;
    bool depends_on(std::uint32_t id, std::uint32_t on) const;
    /// By how much a place adds to the weight of its row, when the sum is ready at this depth.
    std::int64_t growth(const Group& group, int depth) const;
    void drop_late(std::vector<Occurrence>& places, std::int64_t growth) const;
    float plain_score(const PatternValue& value, std::size_t count) const;

    DepthRule rule_;
    LutCosts costs_;
    std::vector<Signal> signals_;
    std::vector<int> tops_; ///< of the signals' ranges
    std::vector<Range> sources_;
    std::vector<SystemOutput> outputs_;
    PatternIndex index_;
    std::vector<std::uint64_t> keys_;
    std::vector<std::uint32_t> times_;
    std::vector<std::uint64_t> frequent_;                      ///< patterns that watch() must look at
    std::unordered_map<std::uint64_t, std::uint32_t> by_form_; ///< hash of the form; only looked up
    std::vector<std::uint32_t> pending_;                       ///< signals that settle() must look at
    std::vector<std::uint32_t> free_;                          ///< dead signals whose place can be used again
    std::vector<std::uint32_t> stamp_;                         ///< touched(): last call that listed the signal
    std::uint32_t last_stamp_ = 0;
    std::vector<Change> journal_;
    bool recording_ = false;
    std::vector<std::uint64_t> barred_;        ///< hashes of forms
    std::vector<std::uint64_t> refused_;       ///< patterns share() refused because of them
    TermCounts beside_;                        ///< terms that stand beside a group or signal
    std::vector<Occurrence> early_;            ///< keep_in_time()
    int lowest_shift_ = 0, highest_shift_ = 0; ///< of all terms so far
    std::uint32_t least_ = 1; ///< patterns that occur less often need not be in the index; 0: nothing is counted yet
    bool watching_ = false;
    double noise_ = 0.0;
    std::uint64_t seed_ = 0;
    std::int64_t work_ = 0;
};

} // namespace bitgrain::cmvm
