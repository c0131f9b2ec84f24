// Names of channels and of the record's parts; the table with their meaning is in README.md.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace nightfog::record {

inline constexpr std::string_view kEpisodeTopic = "/episode";
inline constexpr std::string_view kEgoPoseTopic = "/ego/pose";
inline constexpr std::string_view kCollisionsTopic = "/events/collisions";
inline constexpr std::string_view kTransformsTopic = "/tf";
inline std::string pointsTopic(std::string_view sensor) {
  return "/lidar/" + std::string(sensor) + "/points";
}
inline std::string sweepTopic(std::string_view sensor) {
  return "/lidar/" + std::string(sensor) + "/sweep";
}
inline std::string imageTopic(std::string_view sensor) {
  return "/camera/" + std::string(sensor) + "/image";
}
inline std::string calibrationTopic(std::string_view sensor) {
  return "/camera/" + std::string(sensor) + "/calibration";
}
inline std::string cameraFrameTopic(std::string_view sensor) {
  return "/camera/" + std::string(sensor) + "/frame";
}
/// `plane` is one of kTruthPlanes.
inline std::string planeTopic(std::string_view sensor, std::string_view plane) {
  return "/camera/" + std::string(sensor) + "/truth/" + std::string(plane);
}
inline constexpr std::array<std::string_view, 7> kTruthPlanes = {"depth", "semantic",   "instance", "normal",
                                                                 "flow",  "flow_state", "dirt"};
/// Frame of the image: x right, y down, z forward.
inline std::string opticalFrame(std::string_view sensor) {
  return std::string(sensor) + "_optical";
}
inline std::string objectsTopic(std::string_view sensor) {
  return "/truth/" + std::string(sensor) + "/objects";
}
inline std::string motionTopic(std::string_view sensor) {
  return "/truth/" + std::string(sensor) + "/motion";
}
inline std::string sceneTopic(std::string_view sensor) {
  return "/scene/" + std::string(sensor);
}

inline constexpr const char* kProvenanceName = "nightfog.provenance";
inline constexpr const char* kScenarioAttachment = "resolved.scn.yaml";
inline constexpr const char* kWorldFrame = "world";

}  // namespace nightfog::record
