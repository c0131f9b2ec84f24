// What two trees differ in, by meaning.
#pragma once

#include <string>
#include <vector>

#include "engine/config/document.hpp"

namespace nightfog::lang {

/// "pedestrian.place.ahead", "3.2 m", "2.8 m"; an empty side: it is not there.
struct Difference {
  std::string path;
  std::string before;
  std::string after;
};

/// Quantities compare as quantities, lists with ids by id, maps without order.
std::vector<Difference> semanticDiff(const config::Node& before, const config::Node& after);

}  // namespace nightfog::lang
