// The members of a zip held in memory (libzip). Every byte read is checked against the member's CRC.
#pragma once

#include <string>

namespace bitgrain::import {

/// True for the bytes of a zip.
bool is_zip(const std::string& bytes);

/// One member. Error when the zip is damaged or has no such member.
std::string read_member(const std::string& zip, const std::string& member, const std::string& where);

} // namespace bitgrain::import
