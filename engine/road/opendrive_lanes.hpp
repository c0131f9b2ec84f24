// The part of the OpenDRIVE reader that is about what lies beside the reference line.
#pragma once

#include "engine/road/road.hpp"
#include "engine/road/xml_reader.hpp"

namespace nightfog::road {

/// Reads <lanes>: lane offset and sections. `road.line` and `road.types` must be read already.
void readLanes(const pugi::xml_node& lanes, XmlReader& xml, RoadData& road);

/// Reads crossfall and shape from <lateralProfile>.
void readLateral(const pugi::xml_node& node, XmlReader& xml, RoadData& road);

/// Reads a list of <name s= a= b= c= d=>; `s` is called `place` and counts from `from`.
Profile readProfile(const pugi::xml_node& parent, const char* name, const char* place, double from, XmlReader& xml);

/// Value and unit of a speed's `max` ("no limit": 0), m/s.
double readSpeed(const pugi::xml_node& speed, XmlReader& xml);

}  // namespace nightfog::road
