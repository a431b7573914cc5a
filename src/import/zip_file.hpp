// The members of a zip held in memory (libzip). Every byte read is checked against the member's CRC.
#pragma once

#include <string>
#include <vector>

namespace bitgrain::import {

/// True for the bytes of a zip.
bool is_zip(const std::string& bytes);

/// Names of all members. Error when the zip is damaged.
std::vector<std::string> members(const std::string& zip, const std::string& where);
/// One member. Error when the zip is damaged or has no such member.
std::string read_member(const std::string& zip, const std::string& member, const std::string& where);

} // namespace bitgrain::import
