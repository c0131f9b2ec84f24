#include "engine/sumo/export.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/sumo/network.hpp"

namespace nightfog::sumo {

Export exportNetwork(const road::RoadNetwork& map, const catalog::Catalog& catalog) {
  const road::LaneGraph lanes(map);
  const Network network = networkOf(lanes);
  Export out;
  bool isDriven = false;
  for (const Edge& edge : network.edges) {
    out.lanes += edge.lanes.size();
    isDriven |= std::any_of(edge.lanes.begin(), edge.lanes.end(),
                            [](const EdgeLane& lane) { return lane.users == Users::kVehicles; });
  }
  if (!isDriven)
    throw Error(ExitCode::kDiagnostics, "the map has no lane that vehicles drive on", "choose another map");
  out.edges = network.edges.size();
  out.junctions = network.nodes.size();
  out.connections = network.links.size();
  out.lights = static_cast<size_t>(
      std::count_if(network.nodes.begin(), network.nodes.end(), [](const Node& node) { return node.hasLights; }));
  out.network = writeNetwork(lanes, network);
  out.vehicleTypes = writeVehicleTypes(catalog);
  return out;
}

}  // namespace nightfog::sumo
