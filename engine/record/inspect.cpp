#include "engine/record/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/record/cause.hpp"
#include "engine/record/episode_reader.hpp"
#include "engine/record/taxonomy.hpp"

namespace nightfog::record {
namespace {

using Json = nlohmann::ordered_json;

/// Rounded to micrometres and microradians, so that the text is short.
double rounded(double value) {
  return std::round(value * 1e6) / 1e6 + 0.0;
}
Json vectorJson(const glm::dvec3& v) {
  return {rounded(v.x), rounded(v.y), rounded(v.z)};
}

/// What and where: the box's centre from the carrier's origin in its axes (x ahead, y left, z up), and in the world.
Json objectJson(const ObjectTruth& object, const RigidTransform& worldFromVehicle) {
  const RigidTransform vehicleFromBox = worldFromVehicle.inverse() * object.worldFromBox;
  return {{"id", object.id.value},
          {"name", object.name},
          {"class", classInfo(object.semantic).name},
          {"centre_in_vehicle_m", vectorJson(vehicleFromBox.translation)},
          {"yaw_in_vehicle_rad", rounded(vehicleFromBox.yaw_rad())},
          {"centre_in_world_m", vectorJson(object.worldFromBox.translation)},
          {"size_m", vectorJson(object.size)},
          {"velocity_mps", vectorJson(object.velocity_mps)}};
}

Json frameJson(const LidarFrame& frame) {
  const LidarSweep& sweep = frame.sweep;
  std::map<uint8_t, uint64_t> outcomes;
  for (const uint8_t outcome : sweep.beamOutcomes) ++outcomes[outcome];
  Json byCause = Json::object();
  for (const auto& [value, count] : outcomes) {
    const CauseInfo* cause = findCause(value);
    byCause[cause != nullptr ? std::string(cause->name) : fmt::format("unknown_{}", value)] = count;
  }
  std::map<uint16_t, uint64_t> classes;
  for (const LidarPoint& point : sweep.points) ++classes[point.semantic];
  Json byClass = Json::object();
  for (const auto& [id, count] : classes) {
    const ClassInfo& info = classInfo(ClassId{id});
    byClass[info.id.value == id ? std::string(info.name) : fmt::format("unknown_{}", id)] = count;
  }
  std::map<uint32_t, const LidarObjectVisibility*> visibility;
  for (const LidarObjectVisibility& v : sweep.visibility) visibility[v.object.value] = &v;
  Json objects = Json::array();
  for (const ObjectTruth& object : frame.objects) {
    Json entry = objectJson(object, sweep.worldFromVehicle);
    if (const auto found = visibility.find(object.id.value); found != visibility.end()) {
      entry["hits"] = found->second->hits;
      entry["possible_hits"] = found->second->possibleHits;
      entry["clear_hits"] = found->second->clearHits;
      entry["occluder"] = found->second->occluder.value;
      entry["occluded_beams"] = found->second->occludedBeams;
    }
    objects.push_back(std::move(entry));
  }
  return {{"frame", sweep.frame},
          {"start_ns", sweep.start.ns},
          {"reference_ns", sweep.reference.ns},
          {"end_ns", sweep.end.ns},
          {"rings", sweep.ringCount},
          {"columns", sweep.columnCount},
          {"beams", sweep.beamOutcomes.size()},
          {"points", sweep.points.size()},
          {"outcomes", std::move(byCause)},
          {"points_by_class", std::move(byClass)},
          {"objects", std::move(objects)}};
}

Json boxJson(const PixelBox& box) {
  return box.isEmpty() ? Json() : Json{box.left, box.top, box.right, box.bottom};
}

Json cameraJson(const CameraFrame& frame) {
  const CameraImage& image = frame.image;
  std::map<uint32_t, const CameraObjectVisibility*> visibility;
  for (const CameraObjectVisibility& v : image.visibility) visibility[v.object.value] = &v;
  Json objects = Json::array();
  for (const ObjectTruth& object : frame.objects) {
    Json entry = objectJson(object, image.worldFromVehicle);
    if (const auto found = visibility.find(object.id.value); found != visibility.end()) {
      const CameraObjectVisibility& v = *found->second;
      entry["visible_pixels"] = v.visiblePixels;
      entry["total_pixels"] = v.totalPixels;
      entry["modal_box"] = boxJson(v.modalBox);
      entry["amodal_box"] = boxJson(v.amodalBox);
      entry["truncation"] = v.truncation;
      entry["occluder"] = v.occluder.value;
    }
    objects.push_back(std::move(entry));
  }
  return {{"frame", image.frame},
          {"start_ns", image.start.ns},
          {"reference_ns", image.reference.ns},
          {"end_ns", image.end.ns},
          {"width", image.width},
          {"height", image.height},
          {"exposure_time_s", image.exposureTime_s},
          {"iso", image.iso},
          {"encoding", image.encoding},
          {"image_bytes", image.encoded.size()},
          {"objects", std::move(objects)}};
}

Json inspect(const std::filesystem::path& record) {
  EpisodeReader reader(record);
  McapReader& mcap = reader.mcap();
  mcap.verify();
  const EpisodeInfo& episode = reader.episode();
  Json out;
  out["format"] = "nightfog.record.v1";
  out["bytes"] = mcap.fileSize();
  out["chunks"] = mcap.chunkCount();
  out["messages"] = mcap.messages().size();
  out["provenance"] = reader.provenance();
  out["attachments"] = mcap.attachments();

  Json& e = out["episode"];
  e = {{"scenario_id", episode.scenarioId},
       {"title", episode.title},
       {"seed", episode.seed},
       {"run", episode.run},
       {"digest", episode.digest},
       {"engine_version", episode.engineVersion},
       {"duration_ns", episode.duration.ns}};
  e["parameters"] = episode.parameters.empty() ? Json::object() : Json(episode.parameters);
  e["fog_visibility_m"] = episode.fogVisibility_m ? Json(*episode.fogVisibility_m) : Json();
  e["materials"] = episode.materials.size();
  e["assets"] = Json::array();
  for (const AssetCredit& asset : episode.assets) {
    e["assets"].push_back({{"id", asset.id}, {"licence", asset.licence}, {"origin", asset.origin}});
  }

  std::map<uint16_t, uint64_t> counts;
  for (const McapMessageRef& ref : mcap.messages()) ++counts[ref.channel];
  out["channels"] = Json::array();
  for (const auto& [id, channel] : mcap.channels()) {
    out["channels"].push_back(
        {{"topic", channel.topic}, {"schema", mcap.schemas().at(channel.schema).name}, {"messages", counts[id]}});
  }
  out["ego_poses"] = reader.egoStates().size();
  out["collisions"] = Json::array();
  for (const CollisionEvent& event : reader.collisions()) {
    out["collisions"].push_back(
        {{"time_ns", event.at.ns}, {"a", event.a.value}, {"b", event.b.value}, {"impulse_Ns", event.impulse_Ns}});
  }
  out["sensors"] = Json::array();
  for (const SensorInfo& sensor : episode.sensors) {
    Json frames = Json::array();
    if (sensor.camera) {
      for (size_t i = 0; i < reader.frameCount(sensor.id); ++i)
        frames.push_back(cameraJson(reader.cameraFrame(sensor.id, i)));
      out["sensors"].push_back(
          {{"id", sensor.id}, {"kind", "camera"}, {"actor", sensor.actor}, {"frames", std::move(frames)}});
      continue;
    }
    for (size_t i = 0; i < reader.frameCount(sensor.id); ++i)
      frames.push_back(frameJson(reader.lidarFrame(sensor.id, i)));
    out["sensors"].push_back({{"id", sensor.id},
                              {"kind", "lidar"},
                              {"actor", sensor.actor},
                              {"profile", sensor.lidar.profileId},
                              {"frames", std::move(frames)}});
  }
  return out;
}

/// What a file says of itself may hold bytes that are not text; a terminal and a JSON reader are spared them.
std::string dump(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string plain(const Json& value) {
  if (!value.is_string()) return dump(value, -1);
  std::string text = dump(value, -1);  // escapes control characters
  return text.substr(1, text.size() - 2);
}

/// The frame of each sensor that has it.
Json inspectFrame(const std::filesystem::path& record, const InspectRequest& request) {
  EpisodeReader reader(record);
  const auto usage = [&](const std::string& what, const std::string& help) {
    return Error(ExitCode::kUsage, fmt::format("{}: {}", record.string(), what), help);
  };
  std::string known;
  for (const SensorInfo& s : reader.episode().sensors) known += (known.empty() ? "" : ", ") + s.id;
  if (!request.sensor.empty() && reader.findSensor(request.sensor) == nullptr)
    throw usage(fmt::format("no sensor '{}'", request.sensor), "sensors of this record: " + known);
  Json out;
  out["sensors"] = Json::array();
  std::string ranges;
  for (const SensorInfo& sensor : reader.episode().sensors) {
    if (!request.sensor.empty() && sensor.id != request.sensor) continue;
    const std::vector<uint32_t>& numbers = reader.frameNumbers(sensor.id);
    if (!numbers.empty())
      ranges +=
          fmt::format("{}{} has {} to {}", ranges.empty() ? "" : ", ", sensor.id, numbers.front(), numbers.back());
    const auto found = std::lower_bound(numbers.begin(), numbers.end(), *request.frame);
    if (found == numbers.end() || *found != *request.frame) continue;
    const auto index = static_cast<size_t>(found - numbers.begin());
    Json frame = sensor.camera ? cameraJson(reader.cameraFrame(sensor.id, index))
                               : frameJson(reader.lidarFrame(sensor.id, index));
    out["sensors"].push_back({{"id", sensor.id},
                              {"kind", sensor.camera ? "camera" : "lidar"},
                              {"actor", sensor.actor},
                              {"frames", Json::array({std::move(frame)})}});
  }
  if (out["sensors"].empty())
    throw usage(fmt::format("no frame {}", *request.frame), ranges.empty() ? "the record has no frames" : ranges);
  return out;
}

/// A table of labels a sensor.
std::string frameText(const Json& in) {
  std::string out;
  for (const Json& sensor : in["sensors"]) {
    const Json& frame = sensor["frames"][0];
    const bool isCamera = sensor["kind"] == "camera";
    out += fmt::format("{}{} {} on {}, frame {} at {:.6f} s\n", out.empty() ? "" : "\n", isCamera ? "Camera" : "LiDAR",
                       plain(sensor["id"]), plain(sensor["actor"]), plain(frame["frame"]),
                       frame["reference_ns"].get<double>() * 1e-9);
    out += fmt::format("  {:>4} {:<20} {:<20} {:>8} {:>8} {:>6}  {:<18} {:>7} {:>6}", "id", "name", "class", "ahead",
                       "left", "up", "l x w x h", "yaw", "m/s");
    out += isCamera ? fmt::format("  {:>8} {:>8} {:>5} {:>5} {:>8}  {}\n", "visible", "of px", "%", "trunc", "occluder",
                                  "visible box: left top right bottom")
                    : fmt::format("  {:>7} {:>8} {:>8}\n", "hits", "possible", "occluder");
    for (const Json& o : frame["objects"]) {
      const Json &at = o["centre_in_vehicle_m"], &size = o["size_m"], &v = o["velocity_mps"];
      const double speed = std::hypot(v[0].get<double>(), v[1].get<double>(), v[2].get<double>());
      out += fmt::format(
          "  {:>4} {:<20} {:<20} {:>8.2f} {:>8.2f} {:>6.2f}  {:<18} {:>6.1f}\u00b0 {:>6.2f}", plain(o["id"]),
          plain(o["name"]), plain(o["class"]), at[0].get<double>(), at[1].get<double>(), at[2].get<double>(),
          fmt::format("{:.2f} x {:.2f} x {:.2f}", size[0].get<double>(), size[1].get<double>(), size[2].get<double>()),
          o["yaw_in_vehicle_rad"].get<double>() * 180 / kPi, speed);
      if (isCamera && o.contains("total_pixels")) {
        const auto visible = o["visible_pixels"].get<double>(), total = o["total_pixels"].get<double>();
        const Json& box = o["modal_box"];
        out += fmt::format("  {:>8} {:>8} {:>5.1f} {:>5.2f} {:>8}  ", visible, total,
                           total > 0 ? 100 * visible / total : 0, o["truncation"].get<double>(), plain(o["occluder"]));
        if (!box.is_null())
          out += fmt::format("{} {} {} {}", box[0].get<double>(), box[1].get<double>(), box[2].get<double>(),
                             box[3].get<double>());
      } else if (o.contains("hits")) {
        out += fmt::format("  {:>7} {:>8} {:>8}", plain(o["hits"]), plain(o["possible_hits"]), plain(o["occluder"]));
      }
      out += "\n";
    }
    if (frame["objects"].empty()) out += "  no objects\n";
  }
  return out;
}

}  // namespace

std::string inspectJson(const std::filesystem::path& record, const InspectRequest& request) {
  return dump(request.frame ? inspectFrame(record, request) : inspect(record), 2) + "\n";
}

std::string inspectText(const std::filesystem::path& record, const InspectRequest& request) {
  if (request.frame) return frameText(inspectFrame(record, request));
  const Json in = inspect(record);
  const Json& episode = in["episode"];
  std::string out = fmt::format("{}\n  {}  seed {}  run {}\n  {:.1f} MB, {} messages, every CRC right\n\n",
                                plain(episode["title"]), plain(episode["scenario_id"]), plain(episode["seed"]),
                                plain(episode["run"]), in["bytes"].get<double>() / 1e6, plain(in["messages"]));
  out += "Provenance\n";
  for (const auto& [key, value] : in["provenance"].items())
    out += fmt::format("  {:<22} {}\n", plain(Json(key)), plain(value));
  out += "\nChannels\n";
  for (const Json& channel : in["channels"]) {
    out += fmt::format("  {:>6}  {:<28} {}\n", plain(channel["messages"]), plain(channel["topic"]),
                       plain(channel["schema"]));
  }
  for (const Json& sensor : in["sensors"]) {
    if (sensor["kind"] == "camera") {
      out += fmt::format("\nCamera {} on {}\n", plain(sensor["id"]), plain(sensor["actor"]));
      for (const Json& frame : sensor["frames"]) {
        out +=
            fmt::format("  frame {:>4}  {:>8.3f} s  {} x {}, {:.3f} ms, ISO {:.0f}, {:.1f} kB {}\n",
                        plain(frame["frame"]), frame["reference_ns"].get<double>() * 1e-9, plain(frame["width"]),
                        plain(frame["height"]), frame["exposure_time_s"].get<double>() * 1e3,
                        frame["iso"].get<double>(), frame["image_bytes"].get<double>() / 1e3, plain(frame["encoding"]));
      }
      if (sensor["frames"].empty()) continue;
      const Json& last = sensor["frames"].back();
      out += fmt::format("  objects of frame {}: visible of total pixels, truncation\n", plain(last["frame"]));
      for (const Json& object : last["objects"]) {
        if (!object.contains("total_pixels")) continue;
        out += fmt::format("    {:>4} {:<20} {:<20} {:>7} of {:>7}  {:.2f}\n", plain(object["id"]),
                           plain(object["name"]), plain(object["class"]), plain(object["visible_pixels"]),
                           plain(object["total_pixels"]), object["truncation"].get<double>());
      }
      continue;
    }
    out +=
        fmt::format("\nSensor {} ({}) on {}\n", plain(sensor["id"]), plain(sensor["profile"]), plain(sensor["actor"]));
    for (const Json& frame : sensor["frames"]) {
      out += fmt::format("  frame {:>4}  {:>8.3f} s  {:>7} points of {} beams:", plain(frame["frame"]),
                         frame["reference_ns"].get<double>() * 1e-9, plain(frame["points"]), plain(frame["beams"]));
      for (const auto& [cause, count] : frame["outcomes"].items()) out += fmt::format(" {} {}", cause, plain(count));
      out += "\n";
    }
    if (sensor["frames"].empty()) continue;
    const Json& last = sensor["frames"].back();
    out += fmt::format("  objects of frame {}: hits of possible hits\n", plain(last["frame"]));
    for (const Json& object : last["objects"]) {
      out += fmt::format("    {:>4} {:<20} {:<20} {:>6} of {}\n", plain(object["id"]), plain(object["name"]),
                         plain(object["class"]), object.contains("hits") ? plain(object["hits"]) : "-",
                         object.contains("possible_hits") ? plain(object["possible_hits"]) : "-");
    }
  }
  if (!in["collisions"].empty()) out += fmt::format("\n{} collisions\n", in["collisions"].size());
  return out;
}

}  // namespace nightfog::record
