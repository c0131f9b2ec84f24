// The part of the OpenDRIVE reader that is about what stands on and beside the roads.
#pragma once

#include <map>

#include "engine/road/furniture.hpp"
#include "engine/road/xml_reader.hpp"

namespace nightfog::road {

/// Reads <objects> and <signals> of a road, then controllers and references of the whole map.
class FurnitureReader {
 public:
  explicit FurnitureReader(XmlReader& xml) : xml_(xml) {}

  void readRoad(const pugi::xml_node& road, uint32_t index, double length_m);
  /// After all roads: <controller>, <signalReference>, and the controllers that junctions name (their nodes, in order).
  void finish(const pugi::xml_node& root, const std::vector<pugi::xml_node>& junctions);
  RoadFurniture take() { return std::move(furniture_); }

 private:
  void readSignal(const pugi::xml_node& node, uint32_t road);
  void readObject(const pugi::xml_node& node, uint32_t road);
  void readRepeat(const pugi::xml_node& node, const MapObject& object, std::vector<MapObject::Repeat>& out);
  void readOutlines(const pugi::xml_node& node, MapObject& object);
  SignalPlace placeOf(const pugi::xml_node& node, uint32_t road);
  bool isTooMany(const pugi::xml_node& node);

  XmlReader& xml_;
  RoadFurniture furniture_;
  std::map<std::string, uint32_t> signalById_;
  struct Reference {
    pugi::xml_node node;
    uint32_t road = 0;
  };
  std::vector<Reference> references_;
  size_t count_ = 0;
};

}  // namespace nightfog::road
