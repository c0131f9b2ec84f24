// What built this: goes into every record's provenance.
#pragma once
#include <string_view>
namespace nightfog {
/// "0.1.0"
std::string_view engineVersion();
}  // namespace nightfog
