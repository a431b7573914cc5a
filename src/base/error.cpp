#include "base/error.hpp"

namespace bitgrain {

namespace {

std::string compose(const std::string& message, const std::string& where, const std::string& hint) {
    std::string text;
    if (!where.empty()) text += where + ": ";
    text += message;
    if (!hint.empty()) text += " (" + hint + ")";
    return text;
}

} // namespace

Error::Error(const std::string& message, std::string where, std::string hint)
    : std::runtime_error(compose(message, where, hint)), message_(message), where_(std::move(where)),
      hint_(std::move(hint)) {}

void check_failed(const char* condition, const char* file, int line, const std::string& reason) {
    throw InternalError(std::string(file) + ":" + std::to_string(line) + ": CHECK(" + condition +
                        ") failed: " + reason);
}

} // namespace bitgrain
