// The causes of shared/cause.h as the record shows them: names, colours, descriptions. The numbers live there, the
// words here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/shared/cause.h"

namespace nightfog::record {

struct CauseInfo {
  uint8_t value = 0;        ///< shared/cause.h
  std::string_view name;    ///< "surface", "out_of_range": stable, used in JSON
  bool isReturn = false;    ///< false: a beam's outcome that left no point
  uint32_t colour_rgb = 0;  ///< 0xRRGGBB, for previews
  std::string_view description;
};

/// Every cause a record may hold, ascending value; without kCauseNone.
std::span<const CauseInfo> causes();
/// nullptr: not a cause of this version.
const CauseInfo* findCause(uint8_t value);
std::optional<uint8_t> causeByName(std::string_view name);

}  // namespace nightfog::record
