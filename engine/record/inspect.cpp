#include "engine/record/inspect.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "engine/record/cause.hpp"
#include "engine/record/episode_reader.hpp"
#include "engine/record/taxonomy.hpp"

namespace nightfog::record {
namespace {

using Json = nlohmann::ordered_json;

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
    Json entry{{"id", object.id.value}, {"name", object.name}, {"class", classInfo(object.semantic).name}};
    if (const auto found = visibility.find(object.id.value); found != visibility.end()) {
      entry["hits"] = found->second->hits;
      entry["possible_hits"] = found->second->possibleHits;
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
    Json entry{{"id", object.id.value}, {"name", object.name}, {"class", classInfo(object.semantic).name}};
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

}  // namespace

std::string inspectJson(const std::filesystem::path& record) {
  return dump(inspect(record), 2) + "\n";
}

std::string inspectText(const std::filesystem::path& record) {
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
