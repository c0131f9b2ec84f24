// The network as SUMO's XML (net_file.xsd, version 1.9), and vehicle types.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/scenario/traffic.hpp"
#include "engine/sumo/network.hpp"

namespace nightfog::sumo {
namespace {

constexpr double kShortest_m = 0.1;  ///< SUMO's shortest lane

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) < 0x20)
      out += ' ';
    else
      out += c;
  }
  return out;
}

/// Without a minus before a zero.
double tidy(double value) {
  return std::abs(value) < 0.00005 ? 0 : value;
}

class Writer {
 public:
  Writer(const road::LaneGraph& lanes, const Network& network) : lanes_(lanes), network_(network) {
    isFlat_ = lanes.map().isFlat();
  }

  std::string write() {
    out_ =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- Written by nightfog from an OpenDRIVE map. Coordinates are "
        "the map's. -->\n";
    const bool keepsLeft = std::any_of(network_.edges.begin(), network_.edges.end(),
                                       [&](const Edge& edge) { return lanes_.map().road(edge.road).data().keepsLeft; });
    out_ += fmt::format("<net version=\"1.9\" junctionCornerDetail=\"5\" limitTurnSpeed=\"-1.00\"{}>\n",
                        keepsLeft ? " lefthand=\"true\"" : "");
    writeLocation();
    for (const Node& node : network_.nodes) {
      for (const uint32_t i : node.links) writeInternal(node, network_.links[i]);
    }
    for (const Edge& edge : network_.edges) writeEdge(edge);
    for (const Node& node : network_.nodes) {
      if (node.hasLights) writeLights(node);
    }
    for (const Node& node : network_.nodes) writeNode(node);
    for (const Node& node : network_.nodes) writeConnections(node);
    out_ += "</net>\n";
    return std::move(out_);
  }

 private:
  template <class... T>
  void line(fmt::format_string<T...> format, T&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<T>(arguments)...);
    out_ += '\n';
  }

  void writeLocation() {
    glm::dvec2 least(INFINITY), most(-INFINITY);
    for (const Node& node : network_.nodes) {
      for (const glm::dvec2& p : node.shape) least = glm::min(least, p), most = glm::max(most, p);
    }
    const std::string box = fmt::format("{:.2f},{:.2f},{:.2f},{:.2f}", least.x, least.y, most.x, most.y);
    const std::string& projection = lanes_.map().header().geoReference;
    line(R"(    <location netOffset="0.00,0.00" convBoundary="{}" origBoundary="{}" projParameter="{}"/>)", box, box,
         projection.empty() ? "!" : escaped(projection));
  }

  std::string place(const glm::dvec3& p) const {
    return isFlat_ ? fmt::format("{:.4f},{:.4f}", tidy(p.x), tidy(p.y))
                   : fmt::format("{:.4f},{:.4f},{:.4f}", tidy(p.x), tidy(p.y), tidy(p.z));
  }
  std::string places(const std::vector<glm::dvec3>& points) const {
    std::string out;
    for (const glm::dvec3& p : points) (out += out.empty() ? "" : " ") += place(p);
    return out;
  }

  std::string allowed(const EdgeLane& lane) const {
    switch (lane.users) {
      case Users::kBuses:
        return R"( allow="bus coach taxi emergency authority")";
      case Users::kTrams:
        return R"( allow="tram")";
      case Users::kTrains:
        return R"( allow="rail rail_urban rail_electric rail_fast")";
      case Users::kCyclists:
        return R"( allow="bicycle")";
      case Users::kPedestrians:
        return R"( allow="pedestrian")";
      case Users::kVehicles:
        break;
    }
    const road::GraphLane& graph = lanes_.lane(lane.lane);
    const road::RoadKind kind = lanes_.map().road(graph.key.road).type(0).kind;
    const bool isMotorway = kind == road::RoadKind::kMotorway;
    return isMotorway ? R"( disallow="pedestrian bicycle moped tram rail_urban rail rail_electric rail_fast ship")"
                      : R"( disallow="pedestrian tram rail_urban rail rail_electric rail_fast ship")";
  }

  std::string internalId(const Node& node, const Link& link) const {
    return fmt::format(":{}_{}", node.id, link.place);
  }

  void writeInternal(const Node& node, const Link& link) {
    const std::string id = internalId(node, link);
    const EdgeLane& lane = network_.edges[link.fromEdge].lanes[link.fromLane];
    line(R"(    <edge id="{}" function="internal">)", id);
    line(R"(        <lane id="{}_0" index="0"{} speed="{:.2f}" length="{:.4f}" shape="{}"/>)", id, allowed(lane),
         link.speed_mps, std::max(link.length_m, kShortest_m), places(link.shape));
    line("    </edge>");
  }

  void writeEdge(const Edge& edge) {
    const road::Road& road = lanes_.map().road(edge.road);
    line(R"(    <edge id="{}" from="{}" to="{}" name="{}" priority="{}">)", edge.id, network_.nodes[edge.from].id,
         network_.nodes[edge.to].id, escaped(road.name()), static_cast<int>(edge.lanes.size()));
    for (size_t k = 0; k < edge.lanes.size(); ++k) {
      const EdgeLane& lane = edge.lanes[k];
      line(R"(        <lane id="{}_{}" index="{}"{} speed="{:.2f}" length="{:.4f}" width="{:.2f}"{}{} shape="{}">)",
           edge.id, k, k, allowed(lane), lane.speed_mps, std::max(edge.length_m, kShortest_m),
           lanes_.path(lane.lane).at(0.5 * (lane.from_m + lane.to_m)).width_m,
           lane.mayChangeLeft ? "" : R"( changeLeft="emergency authority")",
           lane.mayChangeRight ? "" : R"( changeRight="emergency authority")",
           places(middleOf(lanes_, lane.lane, lane.from_m, lane.to_m)));
      if (lane.stopBefore_m > 0.01) line(R"(            <stopOffset value="{:.2f}"/>)", lane.stopBefore_m);
      line(R"(            <param key="lane" value="{}/{}"/>)", escaped(road.id()), lanes_.lane(lane.lane).key.lane);
      line("        </lane>");
    }
    line("    </edge>");
  }

  void writeLights(const Node& node) {
    line(R"(    <tlLogic id="{}" type="static" programID="0" offset="0">)", node.id);
    for (const Phase& phase : phasesOf(lanes_, network_, node))
      line(R"(        <phase duration="{:.2f}" state="{}"/>)", phase.duration_s, phase.state);
    line("    </tlLogic>");
  }

  static std::string bits(const std::vector<bool>& row) {
    std::string out;
    for (auto bit = row.rbegin(); bit != row.rend(); ++bit) out += *bit ? '1' : '0';
    return out;
  }

  void writeNode(const Node& node) {
    std::string lanes, ways, shape;
    const auto add = [](std::string& list, const std::string& what) { (list += list.empty() ? "" : " ") += what; };
    for (const uint32_t e : node.incoming) {
      for (size_t k = 0; k < network_.edges[e].lanes.size(); ++k)
        add(lanes, fmt::format("{}_{}", network_.edges[e].id, k));
    }
    for (const uint32_t i : node.links) add(ways, internalId(node, network_.links[i]) + "_0");
    for (const glm::dvec2& p : node.shape) add(shape, fmt::format("{:.2f},{:.2f}", tidy(p.x), tidy(p.y)));
    const char* type = node.links.empty() ? "dead_end"
                       : node.hasLights   ? "traffic_light"
                       : node.hasStops    ? "priority_stop"
                       : node.isSide      ? "right_before_left"
                                          : "priority";
    const std::string z = isFlat_ ? "" : fmt::format(R"( z="{:.2f}")", tidy(node.middle.z));
    line(R"(    <junction id="{}" type="{}" x="{:.2f}" y="{:.2f}"{} incLanes="{}" intLanes="{}" shape="{}"{})", node.id,
         type, tidy(node.middle.x), tidy(node.middle.y), z, lanes, ways, shape, node.links.empty() ? "/>" : ">");
    if (node.links.empty()) return;
    for (size_t i = 0; i < node.links.size(); ++i)
      line(R"(        <request index="{}" response="{}" foes="{}" cont="0"/>)", i, bits(node.yields[i]),
           bits(node.foes[i]));
    line("    </junction>");
  }

  void writeConnections(const Node& node) {
    size_t controlled = 0;
    for (size_t k = 0; k < node.links.size(); ++k) {
      const Link& link = network_.links[node.links[k]];
      const Edge &from = network_.edges[link.fromEdge], &to = network_.edges[link.toEdge];
      const bool mustYield =
          std::any_of(node.yields[k].begin(), node.yields[k].end(), [](bool yields) { return yields; });
      const bool isLit = !link.lights.empty();
      const char state = isLit           ? (mustYield ? 'o' : 'O')
                         : !mustYield    ? 'M'
                         : link.mustHalt ? 's'
                         : node.isSide   ? '='
                                         : 'm';
      const std::string light = isLit ? fmt::format(R"( tl="{}" linkIndex="{}")", node.id, controlled++) : "";
      const std::string via = internalId(node, link);
      line(R"(    <connection from="{}" to="{}" fromLane="{}" toLane="{}" via="{}_0"{} dir="{}" state="{}"/>)", from.id,
           to.id, link.fromLane, link.toLane, via, light, "slrt"[static_cast<size_t>(link.direction)], state);
      line(R"(    <connection from="{}" to="{}" fromLane="0" toLane="{}" dir="s" state="M"/>)", via, to.id,
           link.toLane);
    }
  }

  const road::LaneGraph& lanes_;
  const Network& network_;
  bool isFlat_ = false;
  std::string out_;
};

}  // namespace

std::string writeNetwork(const road::LaneGraph& lanes, const Network& network) {
  return Writer(lanes, network).write();
}

std::string writeVehicleTypes(const catalog::Catalog& catalog) {
  using scenario::TrafficKind;
  const scenario::TrafficMix mix;
  struct Row {
    TrafficKind kind;
    const char* vClass;
    double share;
  };
  const Row rows[] = {{TrafficKind::kCar, "passenger", mix.car}, {TrafficKind::kVan, "delivery", mix.van},
                      {TrafficKind::kTruck, "truck", mix.truck}, {TrafficKind::kBus, "bus", mix.bus},
                      {TrafficKind::kCyclist, "bicycle", 0},     {TrafficKind::kPedestrian, "pedestrian", 0}};
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- nightfog's assets as vehicle types: a trace of these comes "
      "back as "
      "the same assets. -->\n<additional>\n";
  std::string mixed, shares;
  for (const Row& row : rows) {
    const auto assets = scenario::assetsOf(row.kind, catalog);
    for (const catalog::AssetInfo* asset : assets) {
      out += fmt::format("    <vType id=\"{}\" vClass=\"{}\" length=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/>\n",
                         asset->id, row.vClass, asset->boxSize.x, asset->boxSize.y, asset->boxSize.z);
      if (!(row.share > 0)) continue;
      mixed += (mixed.empty() ? "" : " ") + asset->id;
      shares += fmt::format("{}{:.4f}", shares.empty() ? "" : " ", row.share / static_cast<double>(assets.size()));
    }
  }
  out += fmt::format("    <vTypeDistribution id=\"nightfog\" vTypes=\"{}\" probabilities=\"{}\"/>\n</additional>\n",
                     mixed, shares);
  return out;
}

}  // namespace nightfog::sumo
