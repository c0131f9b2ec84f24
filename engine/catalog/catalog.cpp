#include "engine/catalog/asset_info.hpp"

namespace nightfog::catalog {

void Catalog::add(AssetInfo asset) {
  std::string id = asset.id;
  assets_.insert_or_assign(std::move(id), std::move(asset));
}

const AssetInfo* Catalog::find(const std::string& id) const {
  const auto found = assets_.find(id);
  return found == assets_.end() ? nullptr : &found->second;
}

}  // namespace nightfog::catalog
