// The two kinds of error of the product (src/README.md, "Errors").
//   Error          the user can cause it: bad file, bad option, impossible request. Caught once, in main: exit code 2.
//   InternalError  only we can cause it: a broken invariant, thrown by CHECK. Exit code 70.
// Normal absence is std::optional, and a simulation mismatch is a result, not an error.
#pragma once

#include <stdexcept>
#include <string>

namespace bitgrain {

/// A failure the user can repair. `where` names file, line, key or layer; `hint` says what to do. Both may be empty.
class Error : public std::runtime_error {
  public:
    Error(const std::string& message, std::string where = {}, std::string hint = {});

    const std::string& message() const { return message_; }
    const std::string& where() const { return where_; }
    const std::string& hint() const { return hint_; }

  private:
    std::string message_, where_, hint_;
};

class InternalError : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

[[noreturn]] void check_failed(const char* condition, const char* file, int line, const std::string& reason);

} // namespace bitgrain

/// Always on. For conditions that no input of a user can make false; otherwise throw Error.
#define CHECK(condition, reason)                                                                                       \
    do {                                                                                                               \
        if (!(condition)) ::bitgrain::check_failed(#condition, __FILE__, __LINE__, reason);                            \
    } while (false)
