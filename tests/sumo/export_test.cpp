// Maps as SUMO networks, judged by SUMO itself where it is installed: traffic runs on them, and where it says that its
// vehicles are, our lanes are.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/random.hpp"
#include "engine/fcd/trace.hpp"
#include "engine/road/opendrive.hpp"
#include "engine/road/signal_plan.hpp"
#include "engine/sumo/export.hpp"
#include "engine/sumo/network.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using namespace nightfog::sumo;
namespace fs = std::filesystem;

namespace {

const fs::path kMaps = fs::path(NIGHTFOG_SOURCE_DIR) / "scenarios/maps";

const catalog::Catalog& assets() {
  static const catalog::Catalog catalog = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
  return catalog;
}

bool hasSumo() {
  return std::system("command -v sumo >/dev/null 2>&1") == 0;
}

bool isDriven(const Edge& edge) {
  return std::any_of(edge.lanes.begin(), edge.lanes.end(),
                     [](const EdgeLane& l) { return l.users == Users::kVehicles; });
}

/// Trips from edges that nothing leads to to edges that lead nowhere, drawn among those between which there is a way.
std::string tripsOn(const Network& network, size_t count, double spacing_s) {
  std::vector<std::set<uint32_t>> next(network.edges.size());
  std::set<uint32_t> isMet;
  for (const Link& link : network.links) {
    next[link.fromEdge].insert(link.toEdge);
    isMet.insert(link.toEdge);
  }
  std::vector<std::pair<uint32_t, uint32_t>> ways;
  const bool hasEnds = std::any_of(next.begin(), next.end(), [](const auto& to) { return to.empty(); }) &&
                       isMet.size() < network.edges.size();
  for (uint32_t e = 0; e < network.edges.size(); ++e) {
    if (!isDriven(network.edges[e]) || (hasEnds && isMet.count(e) != 0)) continue;
    std::vector<uint32_t> open{e};
    std::set<uint32_t> seen{e};
    for (size_t i = 0; i < open.size(); ++i) {
      if (isDriven(network.edges[open[i]]) && (hasEnds ? next[open[i]].empty() : i % 7 == 6))
        ways.emplace_back(e, open[i]);
      for (const uint32_t to : next[open[i]]) {
        if (seen.insert(to).second) open.push_back(to);
      }
    }
  }
  REQUIRE(!ways.empty());
  std::string out = "<routes>\n";
  RandomSource rng(3, 0, "trips");
  for (size_t i = 0; i < count; ++i) {
    const auto& [from, to] = ways[rng.below(ways.size())];
    out += fmt::format(
        "<trip id=\"v{}\" type=\"nightfog\" depart=\"{:.1f}\" from=\"{}\" to=\"{}\" departLane=\"best\" "
        "departSpeed=\"max\"/>\n",
        i, spacing_s * static_cast<double>(i), network.edges[from].id, network.edges[to].id);
  }
  return out + "</routes>\n";
}

/// Traffic on a map in SUMO, to the last arrival, each on the middle of the lane that it is said to be on.
void driveInSumo(const fs::path& folder, const std::string& name, const road::LaneGraph& lanes) {
  const Export made = exportNetwork(lanes.map(), assets());
  const Network network = networkOf(lanes);
  const auto file = [&](const char* end) { return (folder / (name + end)).string(); };
  writeFileAtomically(file(".net.xml"), made.network);
  writeFileAtomically(file(".add.xml"), made.vehicleTypes);
  const bool isTown = name == "town";
  writeFileAtomically(file(".rou.xml"), tripsOn(network, isTown ? 150 : 40, isTown ? 1 : 5));
  const std::string command = fmt::format(
      "sumo -n {} -a {} -r {} --fcd-output {} --no-step-log --step-length 0.5 --end 900 --collision.action warn "
      "--xml-validation never --statistic-output {} >{} 2>&1",
      file(".net.xml"), file(".add.xml"), file(".rou.xml"), file(".fcd.xml"), file(".stat.xml"), file(".log"));
  const bool runs = std::system(command.c_str()) == 0;
  const std::string log = readFile(file(".log"));
  CAPTURE(log);
  REQUIRE(runs);
  for (const char* wrong : {"Error", "eleport", "ollision", "No route"}) CHECK(log.find(wrong) == std::string::npos);
  pugi::xml_document statistic;
  REQUIRE(statistic.load_file(file(".stat.xml").c_str()));
  const pugi::xml_node vehicles = statistic.child("statistics").child("vehicles");
  CHECK(vehicles.attribute("inserted").as_int() == (isTown ? 150 : 40));
  CHECK(vehicles.attribute("running").as_int() == 0);  // all have come to where they wanted

  std::map<uint64_t, std::vector<std::vector<road::LaneIndex>>> lanesOf;  // by edge, by lane: ours
  for (const Edge& edge : network.edges) {
    for (const EdgeLane& lane : edge.lanes) lanesOf[hash64(edge.id)].push_back({lane.lane});
  }
  for (const Link& link : network.links) {
    std::vector<road::LaneIndex> ours = link.ways;
    ours.push_back(network.edges[link.fromEdge].lanes[link.fromLane].lane);
    ours.push_back(network.edges[link.toEdge].lanes[link.toLane].lane);
    lanesOf[hash64(fmt::format(":{}_{}", network.nodes[link.junction].id, link.place))].push_back(ours);
  }
  const fcd::Trace trace = fcd::readTrace(file(".fcd.xml"), {});
  double worst = 0;
  size_t looks = 0;
  for (const fcd::Mover& mover : trace.movers) {
    for (const fcd::Sample& sample : mover.samples) {
      const auto on = lanesOf.find(sample.edge);
      REQUIRE(on != lanesOf.end());
      double apart = INFINITY;
      for (const road::LaneIndex lane : on->second.at(static_cast<size_t>(sample.lane)))
        apart = std::min(apart, lanes.path(lane).foot(sample.position).apart_m);
      worst = std::max(worst, apart);
      ++looks;
    }
  }
  MESSAGE(name << ": " << looks << " places, at most " << 1000 * worst << " mm beside the lane's middle");
  CHECK(looks > 500);
  // Rounding to a centimetre in x and y, and corners 3 mm beside the lane at most.
  CHECK(worst < 0.005 * std::sqrt(2.0) + 0.003 + 1e-4);
}

}  // namespace

TEST_CASE("A network says of every edge which lanes it is made of, and its links are the map's") {
  for (const auto& entry : fs::directory_iterator(kMaps)) {
    if (entry.path().extension() != ".xodr") continue;
    CAPTURE(entry.path().filename().string());
    const road::RoadNetwork map = road::loadOpenDrive(entry.path());
    const Export made = exportNetwork(map, assets());
    pugi::xml_document xml;
    REQUIRE(xml.load_string(made.network.c_str()));
    const pugi::xml_node net = xml.child("net");
    CHECK(std::string(net.child("location").attribute("netOffset").value()) == "0.00,0.00");
    std::set<std::string> lanes, junctions;
    for (const auto& edge : net.children("edge")) {
      for (const auto& lane : edge.children("lane")) {
        CHECK(lanes.insert(lane.attribute("id").value()).second);
        CHECK(lane.attribute("length").as_double() >= 0.1);
        CHECK(lane.attribute("speed").as_double() >= 1);
        if (edge.attribute("function")) continue;
        const std::string ours = lane.child("param").attribute("value").value();
        CHECK(map.findLane(map.road(*map.findRoad(ours.substr(0, ours.rfind('/')))).id() + ours.substr(ours.rfind('/')))
                  .has_value());
      }
    }
    for (const auto& junction : net.children("junction")) junctions.insert(junction.attribute("id").value());
    for (const auto& edge : net.children("edge")) {
      if (edge.attribute("function")) continue;
      CHECK(junctions.count(edge.attribute("from").value()) == 1);
      CHECK(junctions.count(edge.attribute("to").value()) == 1);
    }
    for (const auto& link : net.children("connection")) {
      CHECK(lanes.count(fmt::format("{}_{}", link.attribute("from").value(), link.attribute("fromLane").value())) == 1);
      CHECK(lanes.count(fmt::format("{}_{}", link.attribute("to").value(), link.attribute("toLane").value())) == 1);
      if (link.attribute("via")) CHECK(lanes.count(link.attribute("via").value()) == 1);
    }
  }
}

TEST_CASE("Of two ways that meet one yields and never both, and lights go round as the map's do") {
  const road::LaneGraph lanes(road::loadOpenDrive(kMaps / "town.xodr"));
  const Network network = networkOf(lanes);
  const road::SignalPlan plan(lanes.map());
  size_t foes = 0, lit = 0;
  for (const Node& node : network.nodes) {
    for (size_t i = 0; i < node.links.size(); ++i) {
      for (size_t k = 0; k < node.links.size(); ++k) {
        CHECK(node.foes[i][k] == node.foes[k][i]);
        CHECK((node.yields[i][k] != node.yields[k][i]) == node.foes[i][k]);
        foes += node.foes[i][k];
      }
    }
    if (!node.hasLights) continue;
    ++lit;
    const auto phases = phasesOf(lanes, network, node);
    double begin = 0;
    for (const Phase& phase : phases) {
      size_t letter = 0;
      for (const uint32_t i : node.links) {
        const Link& link = network.links[i];
        if (link.lights.empty()) continue;
        const auto shown = plan.state(link.lights.front(), SimTime::fromSeconds(begin + 0.5));
        const char now = phase.state[letter++];
        CHECK((now == 'r') == (shown == road::SignalState::kRed));
        CHECK((now == 'y') == (shown == road::SignalState::kAmber));
        CHECK((now == 'u') == (shown == road::SignalState::kRedAmber));
      }
      CHECK(letter == phase.state.size());
      begin += phase.duration_s;
    }
  }
  CHECK(foes > 500);
  CHECK(lit == 9);
}

TEST_CASE(
    "Traffic runs on every map in SUMO, and every vehicle is on the middle of the lane that it is said to be on") {
  if (!hasSumo()) {
    MESSAGE("skipped: sumo is not installed (tools/setup test)");
    return;
  }
  const test::TemporaryFolder folder("sumo");
  for (const auto& entry : fs::directory_iterator(kMaps)) {
    if (entry.path().extension() != ".xodr") continue;
    const std::string name = entry.path().stem().string();
    CAPTURE(name);
    driveInSumo(folder.path, name, road::LaneGraph(road::loadOpenDrive(entry.path())));
  }
}

TEST_CASE("Where traffic keeps to the left it does so in SUMO, round the roundabout clockwise") {
  if (!hasSumo()) {
    MESSAGE("skipped: sumo is not installed (tools/setup test)");
    return;
  }
  // Every lane of the map driven the other way: what led in leads out. (The roundabout's priorities are of those who
  // come in where they now go out, so nobody drives there.)
  const test::TemporaryFolder folder("sumo");
  for (const std::string name : {"roundabout", "car_park", "urban_straight"}) {
    std::string text = readFile(kMaps / (name + ".xodr"));
    const std::string road = "<road ";
    size_t roads = 0;
    for (size_t at = text.find(road); at != std::string::npos; at = text.find(road, at + road.size())) {
      text.insert(at + road.size(), "rule=\"LHT\" ");
      ++roads;
    }
    CHECK(roads > 0);
    const fs::path file = folder.path / (name + ".left.xodr");
    writeFileAtomically(file, text);
    const road::LaneGraph lanes(road::loadOpenDrive(file));
    const Export made = exportNetwork(lanes.map(), assets());
    CHECK(made.network.find(" lefthand=\"true\"") != std::string::npos);
    const Network network = networkOf(lanes);
    // Round the island the sum of all turns of the ring's ways is to the right.
    if (name == "roundabout") {
      double turned_rad = 0;
      for (const Edge& edge : network.edges) {
        if (!lanes.map().road(edge.road).name().starts_with("ring")) continue;
        const road::LanePath& path = lanes.path(edge.lanes.front().lane);
        turned_rad += wrapAngle(path.at(path.length_m()).heading_rad - path.at(0).heading_rad);
      }
      CHECK(turned_rad < -0.1);
      continue;
    }
    driveInSumo(folder.path, name + "_left", lanes);
  }
}
