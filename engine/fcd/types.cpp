// Types of vehicles.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "engine/fcd/read_source.hpp"
#include "engine/fcd/trace.hpp"

namespace nightfog::fcd {
namespace {

struct ClassSize {
  std::string_view vClass;
  double length_m = 0, width_m = 0;
};
/// SUMO's manual, "Vehicle Type Parameter Defaults".
constexpr std::array kClasses = {ClassSize{"passenger", 5, 1.8},    ClassSize{"private", 5, 1.8},
                                 ClassSize{"taxi", 5, 1.8},         ClassSize{"hov", 5, 1.8},
                                 ClassSize{"evehicle", 5, 1.8},     ClassSize{"vip", 5, 1.8},
                                 ClassSize{"authority", 5, 1.8},    ClassSize{"army", 5, 1.8},
                                 ClassSize{"custom1", 5, 1.8},      ClassSize{"custom2", 5, 1.8},
                                 ClassSize{"ignoring", 5, 1.8},     ClassSize{"emergency", 6.5, 2.16},
                                 ClassSize{"delivery", 6.5, 2.16},  ClassSize{"truck", 7.1, 2.4},
                                 ClassSize{"trailer", 16.5, 2.55},  ClassSize{"bus", 12, 2.5},
                                 ClassSize{"coach", 14, 2.6},       ClassSize{"bicycle", 1.6, 0.65},
                                 ClassSize{"moped", 2.1, 0.8},      ClassSize{"motorcycle", 2.2, 0.9},
                                 ClassSize{"tram", 22, 2.4},        ClassSize{"rail_urban", 109.5, 3},
                                 ClassSize{"rail", 135, 2.84},      ClassSize{"rail_electric", 200, 2.95},
                                 ClassSize{"rail_fast", 200, 2.95}, ClassSize{"pedestrian", 0.215, 0.478},
                                 ClassSize{"ship", 17, 4}};

constexpr size_t kMostTypes = 10'000;

double sizeOf(const XmlStream& xml, const Tag& tag, const char* key) {
  const std::string* text = tag.find(key);
  if (text == nullptr) return 0;
  double value = 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
  if (read.ec != std::errc() || read.ptr != text->data() + text->size() || !(value > 0 && value < 1000))
    xml.fail(fmt::format("'{}' is no {}", text->substr(0, 50), key));
  return value;
}

std::map<std::string, VehicleType> readFrom(XmlStream xml) {
  std::map<std::string, VehicleType> types;
  Tag tag;
  while (xml.next(tag)) {
    if (tag.name != "vType") continue;
    const std::string* id = tag.find("id");
    if (id == nullptr || id->empty()) xml.fail("<vType> without an id");
    VehicleType type;
    if (const std::string* vClass = tag.find("vClass")) type.vClass = *vClass;
    type.length_m = sizeOf(xml, tag, "length");
    type.width_m = sizeOf(xml, tag, "width");
    if (!withSize(type)) xml.fail(fmt::format("'{}' is no class of vehicles", type.vClass.substr(0, 50)));
    types[*id] = type;
    if (types.size() > kMostTypes) xml.fail("more than 10,000 types");
  }
  return types;
}

}  // namespace

std::optional<VehicleType> withSize(VehicleType type) {
  for (const ClassSize& known : kClasses) {
    if (known.vClass != type.vClass) continue;
    if (type.length_m == 0) type.length_m = known.length_m;
    if (type.width_m == 0) type.width_m = known.width_m;
    return type;
  }
  return std::nullopt;
}

std::optional<VehicleType> knownType(std::string_view id) {
  if (id == "DEFAULT_VEHTYPE" || id == "DEFAULT_TAXITYPE") return withSize({"passenger"});
  if (id == "DEFAULT_BIKETYPE") return withSize({"bicycle"});
  if (id == "DEFAULT_PEDTYPE") return withSize({"pedestrian"});
  return withSize({std::string(id)});
}

std::map<std::string, VehicleType> readTypes(const std::filesystem::path& path) {
  return readFrom(XmlStream(path.filename().string(), readFileBytes(path)));
}

std::map<std::string, VehicleType> readTypesText(const std::string& name, std::string_view text) {
  return readFrom(XmlStream(name, readTextBytes(text)));
}

}  // namespace nightfog::fcd
