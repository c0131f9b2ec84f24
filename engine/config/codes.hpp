// Every code a finding can have, and what it means. Stable for ever: scripts and suppressions name them.
#pragma once

#include <span>
#include <string_view>

namespace nightfog::config {

struct CodeInfo {
  std::string_view code;
  std::string_view title;
  std::string_view explanation;
  bool isRetired = false;  ///< no file gets it any more; it stays so that its number is never used again
};

/// In the order of the codes.
std::span<const CodeInfo> codes();
/// nullptr when there is no such code.
const CodeInfo* findCode(std::string_view code);

}  // namespace nightfog::config
