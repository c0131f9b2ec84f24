// What an episode's bytes are made of, as one hash: its name in plans and done.json, on every machine the same.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "engine/catalog/asset_info.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/simulation/episode_store.hpp"

namespace nightfog::simulation {

/// Hashes episodes. Reads the definitions below `assetsFolder` once, and each mesh file once. `program` stands for the
/// code: equal for equal sources and compilers. Paths, hosts, device and time are not in it.
/// @code
/// EpisodeDigests digests(catalog, data / "assets", programDigest());
/// digests.of(scenario, std::nullopt, false);  // 64 hexadecimal digits
/// @endcode
class EpisodeDigests {
 public:
  EpisodeDigests(const catalog::Catalog& catalog, const std::filesystem::path& assetsFolder, std::string program);

  std::string of(const scenario::Scenario& scenario, const std::optional<FrameRange>& frames, bool labelsOnly);
  const std::string& program() const { return program_; }

 private:
  const std::string& meshDigest(const catalog::MeshSource& mesh);

  const catalog::Catalog& catalog_;
  std::string program_;
  std::string definitions_;
  std::map<std::filesystem::path, std::string> meshes_;
};

}  // namespace nightfog::simulation
