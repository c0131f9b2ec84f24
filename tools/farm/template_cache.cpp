#include "tools/farm/template_cache.hpp"

#include <algorithm>

namespace nightfog::farm {

scenario::ScenarioTemplate TemplateCache::at(const std::filesystem::path& file) {
  const auto known = std::find_if(kept_.begin(), kept_.end(), [&](const auto& entry) { return entry.first == file; });
  if (known == kept_.end()) {
    keep(file, scenario::loadScenarioTemplate(file, library_.forFile(file)));
  } else {
    kept_.splice(kept_.begin(), kept_, known);
  }
  return kept_.front().second;
}

void TemplateCache::keep(const std::filesystem::path& file, scenario::ScenarioTemplate scenario) {
  kept_.emplace_front(file, std::move(scenario));
  if (kept_.size() > kMost) kept_.pop_back();
}

}  // namespace nightfog::farm
