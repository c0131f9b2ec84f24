#include "engine/road/opendrive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/road/opendrive_furniture.hpp"
#include "engine/road/opendrive_lanes.hpp"
#include "engine/road/xml_reader.hpp"

namespace nightfog::road {
namespace {

constexpr size_t kMostRoads = 100'000;
constexpr double kLongestPiece_m = 1e6;
constexpr double kMostTurn_rad = 100;
constexpr double kLongestNetwork_m = 1e7;
constexpr double kMostNetworkTurn_rad = 1e6;
/// Pieces, and the road's length, may miss each other by this: maps round.
constexpr double kLengthSlack_m = 0.05;
constexpr double kGap_m = 0.1;
constexpr double kKink_rad = 0.02;
constexpr XmlReader::Range kPlace{-1e7, 1e7};

/// What stands in a map and is not built from it; the count and the first place are reported.
struct NotModelled {
  const char* element;
  const char* what;
};
constexpr NotModelled kNotModelled[] = {{"station", "stations"}, {"CRG", "surface files"}, {"railroad", "railways"}};

class MapReader {
 public:
  MapReader(XmlReader& xml, config::Diagnostics& diagnostics) : xml_(xml), diagnostics_(diagnostics), furniture_(xml) {}

  std::optional<RoadNetwork> read(const pugi::xml_node& root) {
    const size_t errorsBefore = diagnostics_.errorCount();
    readHeader(root.child("header"));
    if (!root.child("road")) {
      xml_.error("E0801", root, "a map without roads").withHelp("an OpenDRIVE map has at least one <road>");
      return std::nullopt;
    }
    for (const pugi::xml_node& node : root.children("junction")) nameJunction(node);
    for (const pugi::xml_node& node : root.children("road")) {
      if (roadNodes_.size() >= kMostRoads) {
        xml_.error("E0803", node, "too many roads").withHelp(fmt::format("at most {}: cut the map up", kMostRoads));
        return std::nullopt;
      }
      readRoad(node);
    }
    for (size_t i = 0; i < roads_.size(); ++i) readLinks(i);
    for (size_t i = 0; i < junctions_.size(); ++i) readConnections(i);
    furniture_.finish(root, junctionNodes_);
    reportNotModelled(root);
    if (diagnostics_.errorCount() != errorsBefore) return std::nullopt;
    std::vector<Road> roads;
    for (size_t i = 0; i < roads_.size(); ++i) {
      try {
        roads.emplace_back(std::move(roads_[i]));
      } catch (const Error& error) {
        xml_.error("E0805", roadNodes_[i], error.what()).withHelp(error.help());
        return std::nullopt;
      }
    }
    return RoadNetwork(std::move(roads), std::move(junctions_), std::move(header_), furniture_.take());
  }

 private:
  void readHeader(const pugi::xml_node& node) {
    if (!node) return;
    if (node.attribute("revMajor") && node.attribute("revMajor").as_int() != 1) {
      xml_.error("E0801", node, fmt::format("OpenDRIVE {}.x", config::excerpt(node.attribute("revMajor").value())))
          .withHelp("maps of version 1.4 to 1.8 can be read");
    }
    header_.name = xml_.text(node, "name", "");
    header_.vendor = xml_.text(node, "vendor", "");
    header_.geoReference = node.child_value("geoReference");
    if (const pugi::xml_node offset = node.child("offset")) {
      header_.offset = {xml_.number(offset, "x", kPlace, 0), xml_.number(offset, "y", kPlace, 0),
                        xml_.number(offset, "z", kPlace, 0)};
      header_.offsetHeading_rad = xml_.number(offset, "hdg", {-100, 100}, 0);
    }
  }

  void nameJunction(const pugi::xml_node& node) {
    Junction junction;
    junction.id = xml_.text(node, "id");
    junction.name = xml_.text(node, "name", "");
    if (!junctionById_.emplace(junction.id, static_cast<uint32_t>(junctions_.size())).second) {
      xml_.error("E0804", node, fmt::format("junction '{}' exists already", config::excerpt(junction.id)))
          .withHelp("ids are unique");
      return;
    }
    const std::string type = xml_.text(node, "type", "default");
    if (type == "direct") junction.kind = JunctionKind::kDirect;
    if (type == "virtual") {
      junction.kind = JunctionKind::kVirtual;
      xml_.warning("W0801", node, "a virtual junction; its connections are not modelled")
          .withHelp("use a default junction");
    }
    junctions_.push_back(std::move(junction));
    junctionNodes_.push_back(node);
  }

  void readRoad(const pugi::xml_node& node) {
    RoadData road;
    road.id = xml_.text(node, "id");
    road.name = xml_.text(node, "name", "");
    road.keepsLeft = xml_.text(node, "rule", "RHT") == "LHT";
    if (!roadById_.emplace(road.id, static_cast<uint32_t>(roads_.size())).second) {
      xml_.error("E0804", node, fmt::format("road '{}' exists already", config::excerpt(road.id)))
          .withHelp("ids are unique");
      return;
    }
    for (const pugi::xml_node& type : node.children("type")) {
      road.types.push_back({xml_.number(type, "s", {0, 1e7}), kindOf(xml_.text(type, "type", "unknown")),
                            type.child("speed") ? readSpeed(type.child("speed"), xml_) : 0});
    }
    std::stable_sort(road.types.begin(), road.types.end(),
                     [](const RoadType& a, const RoadType& b) { return a.s < b.s; });
    if (readPlanView(node, road)) {
      road.elevation = readProfile(node.child("elevationProfile"), "elevation", "s", 0, xml_);
      road.superelevation = readProfile(node.child("lateralProfile"), "superelevation", "s", 0, xml_);
      readLateral(node.child("lateralProfile"), xml_, road);
      checkProfiles(node, road);
      readLanes(node.child("lanes") ? node.child("lanes") : node, xml_, road);
    }
    furniture_.readRoad(node, static_cast<uint32_t>(roads_.size()), road.line.length_m());
    roads_.push_back(std::move(road));
    roadNodes_.push_back(node);
  }

  static RoadKind kindOf(const std::string& type) {
    if (type == "town" || type == "townExpressway" || type.rfind("townCollector", 0) == 0 || type == "townArterial" ||
        type == "townPrivate" || type == "townLocal" || type == "townPlayStreet")
      return RoadKind::kTown;
    if (type == "rural") return RoadKind::kRural;
    if (type == "motorway") return RoadKind::kMotorway;
    if (type == "lowSpeed") return RoadKind::kLowSpeed;
    if (type == "pedestrian") return RoadKind::kPedestrian;
    if (type == "bicycle") return RoadKind::kBicycle;
    return RoadKind::kUnknown;
  }

  bool readPlanView(const pugi::xml_node& node, RoadData& road) {
    std::vector<PlanPiece> pieces;
    double s = 0;
    bool isSound = true;
    for (const pugi::xml_node& geometry : node.child("planView").children("geometry")) {
      PlanPiece piece;
      piece.start = {xml_.number(geometry, "x", kPlace), xml_.number(geometry, "y", kPlace)};
      piece.heading_rad = xml_.number(geometry, "hdg", {-1000, 1000});
      piece.length_m = xml_.number(geometry, "length", {0, kLongestPiece_m});
      const double stated_s = xml_.number(geometry, "s", {0, 1e7});
      // Nothing between two places that are one.
      if (piece.length_m < 1e-6) continue;
      if (std::abs(stated_s - s) > kLengthSlack_m) {
        xml_.error("E0805", geometry,
                   fmt::format("begins at s = {} m; the pieces before it end at {:.3f} m", stated_s, s))
            .withHelp("pieces follow each other without gaps or overlaps");
        isSound = false;
      }
      if (!readShape(geometry, piece)) {
        isSound = false;
        continue;
      }
      s += piece.length_m;
      pieces.push_back(piece);
    }
    if (!isSound) return false;
    if (pieces.empty()) {
      xml_.error("E0805", node, "a road without a reference line")
          .withHelp("add <planView> with at least one <geometry>");
      return false;
    }
    networkLength_m_ += s;
    if (networkLength_m_ > kLongestNetwork_m || networkTurn_rad_ > kMostNetworkTurn_rad) {
      xml_.error("E0803", node, "the map is too large")
          .withHelp(fmt::format("at most {} km of road: cut it up", kLongestNetwork_m / 1000));
      return false;
    }
    const double stated = xml_.number(node, "length", {0, 1e7}, s);
    if (std::abs(stated - s) > std::max(kLengthSlack_m, 1e-3 * s)) {
      xml_.warning("W0803", node, fmt::format("length = {} m, but its line is {:.3f} m long", stated, s))
          .withHelp("the line's length is used");
    }
    try {
      road.line = ReferenceLine(std::move(pieces));
    } catch (const Error& error) {
      xml_.error("E0805", node, error.what()).withHelp(error.help());
      return false;
    }
    checkJoints(node, road.line);
    return true;
  }

  /// A line that jumps or bends sharply between its pieces would tear the surface.
  void checkJoints(const pugi::xml_node& node, const ReferenceLine& line) {
    for (size_t i = 0; i + 1 < line.pieces().size(); ++i) {
      const PlanPiece& next = line.pieces()[i + 1];
      const PlanPoint end = ReferenceLine({line.pieces()[i]}).at(line.pieces()[i].length_m);
      const double gap = glm::length(end.position - next.start);
      const double kink = std::abs(wrapAngle(end.heading_rad - next.heading_rad));
      if (gap > kGap_m) {
        xml_.error("E0805", node,
                   fmt::format("its line jumps by {:.3f} m at s = {:.3f} m", gap, line.pieceStart()[i + 1]))
            .withHelp("begin each piece where the one before ends");
        return;
      }
      if (gap > 1e-3 || kink > kKink_rad) {
        xml_.warning("W0803", node,
                     fmt::format("its line jumps by {:.4f} m and turns by {:.4f} rad at s = {:.3f} m", gap, kink,
                                 line.pieceStart()[i + 1]))
            .withHelp("begin each piece where, and heading as, the one before ends");
        return;
      }
    }
  }

  bool readShape(const pugi::xml_node& geometry, PlanPiece& piece) {
    double turn = 0;
    constexpr XmlReader::Range kCurvature{-10, 10};
    if (geometry.child("line")) {
      piece.shape = LineShape{};
    } else if (const pugi::xml_node arc = geometry.child("arc")) {
      const double curvature = xml_.number(arc, "curvature", kCurvature);
      piece.shape = ArcShape{curvature};
      turn = std::abs(curvature) * piece.length_m;
    } else if (const pugi::xml_node spiral = geometry.child("spiral")) {
      const SpiralShape shape{xml_.number(spiral, "curvStart", kCurvature), xml_.number(spiral, "curvEnd", kCurvature)};
      piece.shape = shape;
      turn = std::max(std::abs(shape.startCurvature_1pm), std::abs(shape.endCurvature_1pm)) * piece.length_m;
    } else if (const pugi::xml_node poly = geometry.child("paramPoly3")) {
      ParamPoly3Shape shape;
      const char* u[] = {"aU", "bU", "cU", "dU"};
      const char* v[] = {"aV", "bV", "cV", "dV"};
      for (size_t i = 0; i < 4; ++i) {
        shape.u[i] = xml_.number(poly, u[i], kPlace);
        shape.v[i] = xml_.number(poly, v[i], kPlace);
      }
      const std::string range = xml_.text(poly, "pRange", "normalized");
      if (range != "arcLength" && range != "normalized") {
        xml_.error("E0802", poly, fmt::format("pRange = '{}'", config::excerpt(range)))
            .withHelp("arcLength or normalized");
      }
      shape.lastP = range == "arcLength" ? piece.length_m : 1;
      piece.shape = shape;
      return checkPoly(poly, piece);
    } else if (const pugi::xml_node cubic = geometry.child("poly3")) {
      std::array<double, 4> v{};
      const char* names[] = {"a", "b", "c", "d"};
      for (size_t i = 0; i < 4; ++i) v[i] = xml_.number(cubic, names[i], kPlace);
      try {
        piece.shape = poly3(v, piece.length_m);
      } catch (const Error& error) {
        xml_.error("E0805", cubic, error.what()).withHelp(error.help());
        return false;
      }
      return checkPoly(cubic, piece);
    } else {
      xml_.error("E0802", geometry, "a piece of line without a shape")
          .withHelp("line, arc, spiral, poly3 or paramPoly3");
      return false;
    }
    networkTurn_rad_ += turn;
    if (turn <= kMostTurn_rad) return true;
    xml_.error("E0805", geometry, fmt::format("a piece that turns by {:.0f} rad", turn))
        .withHelp(fmt::format("at most {} rad", kMostTurn_rad));
    return false;
  }

  bool checkPoly(const pugi::xml_node& node, const PlanPiece& piece) {
    try {
      const ReferenceLine line({piece});
      double sharpest = 0;
      for (int i = 0; i <= 32; ++i)
        sharpest = std::max(sharpest, std::abs(line.at(piece.length_m * i / 32).curvature_1pm));
      networkTurn_rad_ += sharpest * piece.length_m;
      if (sharpest > 10 || sharpest * piece.length_m > kMostTurn_rad) {
        xml_.error("E0805", node, fmt::format("a piece with a curvature of {:.3g} 1/m", sharpest))
            .withHelp("at most 10 1/m");
        return false;
      }
      if (std::abs(line.lengthRatio(0) - 1) > 0.01) {
        xml_.warning("W0803", node,
                     fmt::format("the curve is {:.3f} m long, the piece says {:.3f} m",
                                 line.lengthRatio(0) * piece.length_m, piece.length_m))
            .withHelp("s is stretched to fit");
      }
      return true;
    } catch (const Error& error) {
      xml_.error("E0805", node, error.what()).withHelp(error.help());
      return false;
    }
  }

  /// Polynomials can say anything far from where they begin.
  void checkProfiles(const pugi::xml_node& node, const RoadData& road) {
    const double length = road.line.length_m();
    for (int i = 0; i <= 64; ++i) {
      const double s = length * i / 64;
      const double z = road.elevation.value(s), grade = road.elevation.slope(s), roll = road.superelevation.value(s);
      const double fall = std::max(std::abs(road.crossfallLeft.value(s)), std::abs(road.crossfallRight.value(s)));
      if (std::abs(z) <= 2e4 && std::abs(grade) <= 5 && std::abs(roll) <= 1.2 && fall <= 1.2) continue;
      xml_.error("E0805", node,
                 fmt::format("at s = {:.1f} m it lies at z = {:.4g} m, climbs {:.3g} m/m and leans by {:.3g} rad", s, z,
                             grade, roll))
          .withHelp("within 20 km of height, 5 m/m of grade and 1.2 rad of superelevation");
      return;
    }
  }

  void readLinks(size_t index) {
    const pugi::xml_node& node = roadNodes_[index];
    RoadData& road = roads_[index];
    const std::string junction = xml_.text(node, "junction", "-1");
    if (junction != "-1" && !junction.empty()) {
      const auto found = junctionById_.find(junction);
      if (found == junctionById_.end()) {
        xml_.error("E0804", node, fmt::format("junction '{}' is not in this map", config::excerpt(junction)))
            .withHelp("name a <junction>, or -1");
      } else {
        road.junction = static_cast<int>(found->second);
      }
    }
    road.predecessor = readLink(node.child("link").child("predecessor"));
    road.successor = readLink(node.child("link").child("successor"));
  }

  RoadLink readLink(const pugi::xml_node& node) {
    RoadLink link;
    // A way of a virtual junction leaves the main road at some s of it; there is no end to meet.
    if (!node || node.attribute("elementS")) return link;
    const std::string type = xml_.text(node, "elementType", "road");
    const std::string id = xml_.text(node, "elementId");
    const bool isJunction = type == "junction";
    const auto& known = isJunction ? junctionById_ : roadById_;
    const auto found = known.find(id);
    if (found == known.end()) {
      xml_.error("E0804", node,
                 fmt::format("{} '{}' is not in this map", isJunction ? "junction" : "road", config::excerpt(id)))
          .withHelp("link to a road or junction of this file");
      return link;
    }
    link.to = isJunction ? RoadLink::To::kJunction : RoadLink::To::kRoad;
    link.index = found->second;
    link.atEnd = xml_.text(node, "contactPoint", "start") == "end";
    return link;
  }

  void readConnections(size_t index) {
    for (const pugi::xml_node& node : junctionNodes_[index].children("connection")) {
      if (xml_.text(node, "type", "default") == "virtual") continue;
      JunctionConnection connection;
      connection.id = xml_.text(node, "id", "");
      const char* through = node.attribute("linkedRoad") ? "linkedRoad" : "connectingRoad";
      const auto incoming = roadById_.find(xml_.text(node, "incomingRoad"));
      const auto connecting = roadById_.find(xml_.text(node, through));
      if (incoming == roadById_.end() || connecting == roadById_.end()) {
        xml_.error("E0804", node, "a connection between roads that are not in this map")
            .withHelp("name roads of this file");
        continue;
      }
      connection.incomingRoad = incoming->second;
      connection.connectingRoad = connecting->second;
      connection.atEnd = xml_.text(node, "contactPoint", "start") == "end";
      for (const pugi::xml_node& link : node.children("laneLink")) {
        connection.lanes.push_back({xml_.integer(link, "from", -64, 64), xml_.integer(link, "to", -64, 64)});
      }
      junctions_[index].connections.push_back(std::move(connection));
    }
    for (const pugi::xml_node& node : junctionNodes_[index].children("priority")) {
      const auto high = roadById_.find(xml_.text(node, "high")), low = roadById_.find(xml_.text(node, "low"));
      if (high == roadById_.end() || low == roadById_.end()) {
        xml_.error("E0804", node, "a priority between roads that are not in this map")
            .withHelp("name roads of this file");
        continue;
      }
      junctions_[index].priorities.push_back({high->second, low->second});
    }
  }

  void reportNotModelled(const pugi::xml_node& root) {
    for (const NotModelled& kind : kNotModelled) {
      size_t count = 0;
      pugi::xml_node first;
      const auto countIn = [&](const pugi::xml_node& parent) {
        for (const pugi::xml_node& child : parent.children(kind.element)) {
          if (count++ == 0) first = child;
        }
      };
      countIn(root);
      for (const pugi::xml_node& road : root.children("road")) {
        countIn(road);
        countIn(road.child("surface"));
      }
      if (count == 0) continue;
      xml_.warning("W0801", first, fmt::format("{} {} of the map are not modelled by this version", count, kind.what))
          .withHelp("the roads themselves are");
    }
  }

  XmlReader& xml_;
  config::Diagnostics& diagnostics_;
  MapHeader header_;
  FurnitureReader furniture_;
  std::vector<RoadData> roads_;
  std::vector<pugi::xml_node> roadNodes_;
  std::vector<Junction> junctions_;
  std::vector<pugi::xml_node> junctionNodes_;
  std::map<std::string, uint32_t> roadById_;
  std::map<std::string, uint32_t> junctionById_;
  double networkLength_m_ = 0;
  double networkTurn_rad_ = 0;
};

}  // namespace

std::optional<RoadNetwork> readOpenDrive(const std::string& name, std::string text, config::Diagnostics& diagnostics) {
  const config::SourceText source(name, std::move(text));
  const auto refuse = [&](config::Place place, const std::string& message, const char* help) {
    diagnostics.error("E0801", std::move(place), message).withHelp(help);
    return std::nullopt;
  };
  if (source.text().size() > kLargestMap_bytes)
    return refuse(source.place({}), fmt::format("the map has {} bytes", source.text().size()),
                  "at most 64 MiB: cut it up");
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer(source.text().data(), source.text().size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) {
    const auto at =
        static_cast<uint32_t>(std::clamp<ptrdiff_t>(parsed.offset, 0, static_cast<ptrdiff_t>(source.text().size())));
    return refuse(source.place({at, at}), fmt::format("this is not XML: {}", parsed.description()),
                  "check the file with an XML editor");
  }
  XmlReader xml(source, diagnostics);
  const pugi::xml_node root = document.document_element();
  if (std::string_view(root.name()) != "OpenDRIVE") {
    return refuse(root ? xml.place(root) : source.place({}),
                  fmt::format("<{}> where <OpenDRIVE> belongs", config::excerpt(root.name())),
                  "maps are OpenDRIVE files (.xodr)");
  }
  return MapReader(xml, diagnostics).read(root);
}

RoadNetwork loadOpenDrive(const std::filesystem::path& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (!failed && size > kLargestMap_bytes) {
    throw Error(ExitCode::kDiagnostics, fmt::format("{} has {} bytes.", path.string(), size),
                "At most 64 MiB: cut the map up.");
  }
  config::Diagnostics diagnostics;
  std::optional<RoadNetwork> network = readOpenDrive(path.string(), readFile(path), diagnostics);
  diagnostics.throwIfErrors();
  return std::move(*network);
}

}  // namespace nightfog::road
