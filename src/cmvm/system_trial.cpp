// Trying changes of a System: a journal takes them back, bars keep a torn-out signal from coming back at once.
#include "base/error.hpp"
#include "cmvm/system.hpp"

namespace bitgrain::cmvm {

void System::lift_bars() {
    barred_.clear();
    for (const std::uint64_t key : refused_) {
        if (PatternIndex::Entry* entry = index_.find(key)) offer(*entry, key);
    }
    refused_.clear();
}

void System::begin() {
    CHECK(!recording_, "a trial is already running");
    CHECK(counts_exactly(), "what is taken back must be counted exactly");
    journal_.clear();
    recording_ = true;
}

void System::commit() {
    recording_ = false;
    for (const Change& change : journal_) {
        if (change.kind == Change::Kind::kill) free_.push_back(change.id);
    }
    journal_.clear();
}

void System::rollback() {
    recording_ = false;
    const bool watched = watching_;
    watching_ = false;
    for (std::size_t i = journal_.size(); i-- > 0;) {
        const Change& change = journal_[i];
        Signal& signal = signals_[change.id];
        switch (change.kind) {
        case Change::Kind::put:
            take_term(change.id, change.term);
            break;
        case Change::Kind::take:
            insert(change.id, change.term);
            break;
        case Change::Kind::create:
            forget_form(change.id);
            signal.alive = false;
            free_.push_back(change.id);
            break;
        case Change::Kind::kill:
            signal.alive = true;
            register_form(change.id);
            break;
        case Change::Kind::depth:
            signal.depth = change.depth;
            signal.limit = change.limit;
            break;
        case Change::Kind::output:
            set_output(change.id, change.term);
            break;
        }
    }
    journal_.clear();
    pending_.clear();
    watching_ = watched;
}

void System::touched(std::vector<std::uint32_t>& ids) {
    ids.clear();
    stamp_.resize(signals_.size(), 0);
    ++last_stamp_;
    for (const Change& change : journal_) {
        if (change.kind == Change::Kind::output || stamp_[change.id] == last_stamp_) continue;
        stamp_[change.id] = last_stamp_;
        ids.push_back(change.id);
    }
}

} // namespace bitgrain::cmvm
