// A map of ours as a SUMO network, ready to run: `*.net.xml` with our lanes' own middles, our rights of way and our
// lights' programmes, and vehicle types of our assets' sizes.
//
// SUMO's coordinates are ours (netOffset 0,0). Ids are made from the map's: road "12" becomes the edges "12.0", "12.1"
// … along its reference line and "-12.0" … against it, one for each stretch with the same lanes and about the same
// speed; each lane of an edge says which lane it is (`<param key="lane" value="12/-1"/>`).
// @code
//   Export made = exportNetwork(road::loadOpenDrive("town.xodr"), catalog);
//   writeFileAtomically("town.net.xml", made.network);
// @endcode
#pragma once

#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/road/network.hpp"

namespace nightfog::sumo {

struct Export {
  std::string network;       ///< *.net.xml
  std::string vehicleTypes;  ///< an additional file: a vType for each asset, and a distribution of them
  size_t edges = 0, lanes = 0, junctions = 0, connections = 0, lights = 0;
};

/// Throws Error for a map without a lane that anybody drives on.
Export exportNetwork(const road::RoadNetwork& map, const catalog::Catalog& catalog);

}  // namespace nightfog::sumo
