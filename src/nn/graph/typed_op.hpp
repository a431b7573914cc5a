// An op whose forward and backward read the same in both precisions: the derived class has the templates run_forward
// and run_backward, and this class as a friend.
#pragma once

#include "nn/graph/run.hpp"

namespace bitgrain::nn {

template <class Derived>
class TypedOp : public Op {
  public:
    void forward(Run<float>& run) const final { derived().run_forward(run); }
    void forward(Run<double>& run) const final { derived().run_forward(run); }
    void backward(Run<float>& run) const final { derived().run_backward(run); }
    void backward(Run<double>& run) const final { derived().run_backward(run); }

  private:
    const Derived& derived() const { return static_cast<const Derived&>(*this); }
};

} // namespace bitgrain::nn
