#include "engine/record/convert.hpp"

#include <fmt/format.h>

#include "engine/record/cause.hpp"
#include "engine/record/taxonomy.hpp"

namespace nightfog::record {
namespace {

void set(v1::Vector3* out, const glm::dvec3& v) {
  out->set_x(v.x);
  out->set_y(v.y);
  out->set_z(v.z);
}
void set(v1::Transform* out, const RigidTransform& t) {
  set(out->mutable_translation(), t.translation);
  v1::Quaternion* q = out->mutable_rotation();
  q->set_w(t.rotation.w);
  q->set_x(t.rotation.x);
  q->set_y(t.rotation.y);
  q->set_z(t.rotation.z);
}
glm::dvec3 vector(const v1::Vector3& v) {
  return {v.x(), v.y(), v.z()};
}
RigidTransform transform(const v1::Transform& t) {
  const v1::Quaternion& q = t.rotation();
  if (!t.has_rotation()) return RigidTransform::fromTranslation(vector(t.translation()));
  return {glm::dquat(q.w(), q.x(), q.y(), q.z()), vector(t.translation())};
}

void set(v1::LidarCalibration& out, const LidarCalibration& c) {
  out.set_profile_id(c.profileId);
  out.set_profile_title(c.profileTitle);
  out.set_profile_source(c.profileSource);
  out.set_wavelength_nm(c.wavelength_nm);
  out.set_rotation_rate_hz(c.rotationRate_hz);
  out.set_firing_cycle_s(c.firingCycle_s);
  out.set_columns_per_turn(c.columnsPerTurn);
  out.set_clockwise(c.clockwise);
  out.set_min_range_m(c.minRange_m);
  out.set_max_range_m(c.maxRange_m);
  out.set_range10_m(c.range10_m);
  out.set_range_noise_m(c.rangeNoise_m);
  out.set_range_resolution_m(c.rangeResolution_m);
  out.set_divergence_h_rad(c.divergenceH_rad);
  out.set_divergence_v_rad(c.divergenceV_rad);
  out.set_noise(c.noise);
  out.set_threshold(c.threshold);
  out.set_intensity_scale(c.intensityScale);
  for (const LidarBeam& beam : c.beams) {
    out.add_elevation_rad(beam.elevation_rad);
    out.add_azimuth_offset_rad(beam.azimuthOffset_rad);
    out.add_firing_offset_s(beam.firingOffset_s);
  }
}

LidarCalibration calibration(const v1::LidarCalibration& in) {
  LidarCalibration c;
  c.profileId = in.profile_id();
  c.profileTitle = in.profile_title();
  c.profileSource = in.profile_source();
  c.wavelength_nm = in.wavelength_nm();
  c.rotationRate_hz = in.rotation_rate_hz();
  c.firingCycle_s = in.firing_cycle_s();
  c.columnsPerTurn = in.columns_per_turn();
  c.clockwise = in.clockwise();
  c.minRange_m = in.min_range_m();
  c.maxRange_m = in.max_range_m();
  c.range10_m = in.range10_m();
  c.rangeNoise_m = in.range_noise_m();
  c.rangeResolution_m = in.range_resolution_m();
  c.divergenceH_rad = in.divergence_h_rad();
  c.divergenceV_rad = in.divergence_v_rad();
  c.noise = in.noise();
  c.threshold = in.threshold();
  c.intensityScale = in.intensity_scale();
  if (in.azimuth_offset_rad_size() != in.elevation_rad_size() || in.firing_offset_s_size() != in.elevation_rad_size()) {
    throw std::invalid_argument("the columns of the beam table differ in length");
  }
  for (int i = 0; i < in.elevation_rad_size(); ++i) {
    c.beams.push_back({in.elevation_rad(i), in.azimuth_offset_rad(i), in.firing_offset_s(i)});
  }
  return c;
}

void set(v1::CameraCalibration& out, const CameraCalibration& c) {
  out.set_width(c.width);
  out.set_height(c.height);
  out.set_fx(c.fx);
  out.set_fy(c.fy);
  out.set_cx(c.cx);
  out.set_cy(c.cy);
  out.set_k1(c.k1);
  out.set_k2(c.k2);
  out.set_p1(c.p1);
  out.set_p2(c.p2);
  out.set_k3(c.k3);
  out.set_frame_rate_hz(c.frameRate_hz);
  out.set_readout_time_s(c.readoutTime_s);
  out.set_f_number(c.fNumber);
}

CameraCalibration calibration(const v1::CameraCalibration& in) {
  return {in.width(),
          in.height(),
          in.fx(),
          in.fy(),
          in.cx(),
          in.cy(),
          in.k1(),
          in.k2(),
          in.p1(),
          in.p2(),
          in.k3(),
          in.frame_rate_hz(),
          in.readout_time_s(),
          in.f_number()};
}

}  // namespace

v1::CameraFrame toMessage(const CameraImage& image) {
  v1::CameraFrame out = cameraMessage(image);
  set(out.mutable_world_from_sensor(), image.worldFromSensor);
  set(out.mutable_world_from_vehicle(), image.worldFromVehicle);
  return out;
}

CameraImage fromMessage(const v1::CameraFrame& in) {
  CameraImage out = cameraImage(in);
  out.worldFromSensor = transform(in.world_from_sensor());
  out.worldFromVehicle = transform(in.world_from_vehicle());
  return out;
}

LidarSweep frameStamp(const CameraImage& image) {
  LidarSweep stamp;
  stamp.sensor = image.sensor;
  stamp.frame = image.frame;
  stamp.start = image.start;
  stamp.end = image.end;
  stamp.reference = image.reference;
  stamp.worldFromSensor = image.worldFromSensor;
  stamp.worldFromVehicle = image.worldFromVehicle;
  return stamp;
}

v1::Episode toMessage(const EpisodeInfo& episode) {
  v1::Episode out;
  out.set_scenario_id(episode.scenarioId);
  out.set_title(episode.title);
  out.set_seed(episode.seed);
  out.set_run(episode.run);
  out.set_digest(episode.digest);
  out.set_resolved_yaml(episode.resolvedYaml);
  for (const auto& [name, value] : episode.parameters) (*out.mutable_parameters())[name] = value;
  out.set_engine_version(episode.engineVersion);
  out.set_duration_ns(episode.duration.ns);
  out.set_step_ns(episode.step.ns);
  out.set_time_of_day_s(episode.timeOfDay_s);
  if (episode.fogVisibility_m) out.mutable_weather()->set_fog_visibility_m(*episode.fogVisibility_m);
  for (const SensorInfo& sensor : episode.sensors) {
    v1::Sensor* s = out.add_sensors();
    s->set_id(sensor.id);
    s->set_actor(sensor.actor);
    set(s->mutable_vehicle_from_sensor(), sensor.vehicleFromSensor);
    if (sensor.camera) {
      set(*s->mutable_camera(), *sensor.camera);
    } else {
      set(*s->mutable_lidar(), sensor.lidar);
    }
  }
  for (const ClassInfo& info : taxonomy()) {
    v1::TaxonomyClass* c = out.add_taxonomy();
    c->set_id(info.id.value);
    c->set_name(std::string(info.name));
    c->set_is_thing(info.isThing);
    c->set_colour_rgb(info.colour_rgb);
    c->set_description(std::string(info.description));
  }
  for (const CauseInfo& info : causes()) {
    v1::Cause* c = out.add_causes();
    c->set_value(info.value);
    c->set_name(std::string(info.name));
    c->set_is_return(info.isReturn);
    c->set_colour_rgb(info.colour_rgb);
    c->set_description(std::string(info.description));
  }
  for (const MaterialInfo& material : episode.materials) {
    v1::Material* m = out.add_materials();
    m->set_name(material.name);
    for (const float r : material.reflectance) m->add_reflectance(r);
    m->set_roughness(material.roughness);
    m->set_metallic(material.metallic);
    m->set_transmission(material.transmission);
    m->set_retroreflectance(material.retroreflectance);
    m->set_source(material.source);
  }
  for (const AssetCredit& asset : episode.assets) {
    v1::Asset* a = out.add_assets();
    a->set_id(asset.id);
    a->set_title(asset.title);
    a->set_licence(asset.licence);
    a->set_origin(asset.origin);
  }
  return out;
}

EpisodeInfo fromMessage(const v1::Episode& in) {
  EpisodeInfo out;
  out.scenarioId = in.scenario_id();
  out.title = in.title();
  out.seed = in.seed();
  out.run = in.run();
  out.digest = in.digest();
  out.resolvedYaml = in.resolved_yaml();
  out.parameters.insert(in.parameters().begin(), in.parameters().end());
  out.engineVersion = in.engine_version();
  out.duration.ns = in.duration_ns();
  out.step.ns = in.step_ns();
  out.timeOfDay_s = in.time_of_day_s();
  if (in.weather().has_fog_visibility_m()) out.fogVisibility_m = in.weather().fog_visibility_m();
  for (const v1::Sensor& sensor : in.sensors()) {
    out.sensors.push_back(
        {sensor.id(), sensor.actor(), transform(sensor.vehicle_from_sensor()), calibration(sensor.lidar())});
    if (sensor.has_camera()) out.sensors.back().camera = calibration(sensor.camera());
  }
  for (const v1::Material& material : in.materials()) {
    MaterialInfo m;
    m.name = material.name();
    if (material.reflectance_size() != static_cast<int>(m.reflectance.size())) {
      throw std::invalid_argument(fmt::format("material {} has {} bands, not 5", m.name, material.reflectance_size()));
    }
    for (size_t i = 0; i < m.reflectance.size(); ++i) m.reflectance[i] = material.reflectance(static_cast<int>(i));
    m.roughness = material.roughness();
    m.metallic = material.metallic();
    m.transmission = material.transmission();
    m.retroreflectance = material.retroreflectance();
    m.source = material.source();
    out.materials.push_back(std::move(m));
  }
  for (const v1::Asset& asset : in.assets()) {
    out.assets.push_back({asset.id(), asset.title(), asset.licence(), asset.origin()});
  }
  return out;
}

v1::LidarSweep toMessage(const LidarSweep& sweep) {
  v1::LidarSweep out;
  out.set_sensor(sweep.sensor);
  out.set_frame(sweep.frame);
  out.set_start_ns(sweep.start.ns);
  out.set_end_ns(sweep.end.ns);
  out.set_reference_ns(sweep.reference.ns);
  out.set_ring_count(sweep.ringCount);
  out.set_column_count(sweep.columnCount);
  set(out.mutable_world_from_sensor(), sweep.worldFromSensor);
  set(out.mutable_world_from_vehicle(), sweep.worldFromVehicle);
  out.set_point_count(static_cast<uint32_t>(sweep.points.size()));
  out.set_beam_outcomes(sweep.beamOutcomes.data(), sweep.beamOutcomes.size());
  for (const LidarObjectVisibility& v : sweep.visibility) {
    v1::LidarObjectVisibility* o = out.add_visibility();
    o->set_object(v.object.value);
    o->set_hits(v.hits);
    o->set_possible_hits(v.possibleHits);
    o->set_occluder(v.occluder.value);
    o->set_occluded_beams(v.occludedBeams);
    o->set_clear_hits(v.clearHits);
  }
  if (sweep.faults) {
    v1::LidarFaults* f = out.mutable_faults();
    f->set_beam_mask(sweep.faults->beamMask.data(), sweep.faults->beamMask.size());
    f->set_beam_lost(sweep.faults->beamLost.data(), sweep.faults->beamLost.size());
    set(f->mutable_nominal_from_true(), sweep.faults->nominalFromTrue);
    f->set_clock_error_ns(sweep.faults->clockError.ns);
  }
  return out;
}

LidarSweep fromMessage(const v1::LidarSweep& in) {
  LidarSweep out;
  out.sensor = in.sensor();
  out.frame = in.frame();
  out.start.ns = in.start_ns();
  out.end.ns = in.end_ns();
  out.reference.ns = in.reference_ns();
  out.ringCount = in.ring_count();
  out.columnCount = in.column_count();
  out.worldFromSensor = transform(in.world_from_sensor());
  out.worldFromVehicle = transform(in.world_from_vehicle());
  if (uint64_t{out.ringCount} * out.columnCount != in.beam_outcomes().size()) {
    throw std::invalid_argument(fmt::format("{} beam outcomes for {} rings and {} columns", in.beam_outcomes().size(),
                                            out.ringCount, out.columnCount));
  }
  out.beamOutcomes.assign(in.beam_outcomes().begin(), in.beam_outcomes().end());
  for (const v1::LidarObjectVisibility& v : in.visibility()) {
    out.visibility.push_back({ObjectId{v.object()}, v.hits(), v.possible_hits(), ObjectId{v.occluder()},
                              v.occluded_beams(), v.clear_hits()});
  }
  if (in.has_faults()) {
    const v1::LidarFaults& f = in.faults();
    const auto isPerBeam = [&](size_t size) { return size == 0 || size == out.beamOutcomes.size(); };
    if (!isPerBeam(f.beam_mask().size()) || !isPerBeam(f.beam_lost().size()))
      throw std::invalid_argument("the faults' masks are not one byte a beam");
    LidarFaultTruth truth;
    truth.beamMask.assign(f.beam_mask().begin(), f.beam_mask().end());
    truth.beamLost.assign(f.beam_lost().begin(), f.beam_lost().end());
    truth.nominalFromTrue = transform(f.nominal_from_true());
    truth.clockError.ns = f.clock_error_ns();
    out.faults = std::move(truth);
  }
  return out;
}

v1::ObjectTruths toMessage(const LidarSweep& sweep, const std::vector<ObjectTruth>& objects) {
  v1::ObjectTruths out;
  out.set_sensor(sweep.sensor);
  out.set_frame(sweep.frame);
  out.set_reference_ns(sweep.reference.ns);
  for (const ObjectTruth& object : objects) {
    v1::ObjectTruth* o = out.add_objects();
    o->set_id(object.id.value);
    o->set_name(object.name);
    o->set_asset(object.asset);
    o->set_class_id(object.semantic.value);
    set(o->mutable_world_from_box(), object.worldFromBox);
    set(o->mutable_size(), object.size);
    set(o->mutable_velocity_mps(), object.velocity_mps);
    set(o->mutable_angular_velocity_radps(), object.angularVelocity_radps);
  }
  return out;
}

std::vector<ObjectTruth> fromMessage(const v1::ObjectTruths& in) {
  std::vector<ObjectTruth> out;
  for (const v1::ObjectTruth& o : in.objects()) {
    if (o.class_id() > 0xffff) throw std::invalid_argument(fmt::format("class id {} is too large", o.class_id()));
    out.push_back({ObjectId{o.id()}, o.name(), o.asset(), ClassId{static_cast<uint16_t>(o.class_id())},
                   transform(o.world_from_box()), vector(o.size()), vector(o.velocity_mps()),
                   vector(o.angular_velocity_radps())});
  }
  return out;
}

v1::EgoPose toMessage(const EgoState& state) {
  v1::EgoPose out;
  out.set_frame(state.frame);
  out.set_time_ns(state.at.ns);
  set(out.mutable_world_from_vehicle(), state.worldFromVehicle);
  set(out.mutable_velocity_mps(), state.velocity_mps);
  set(out.mutable_acceleration_mps2(), state.acceleration_mps2);
  set(out.mutable_angular_velocity_radps(), state.angularVelocity_radps);
  return out;
}

EgoState fromMessage(const v1::EgoPose& in) {
  return {in.frame(),
          SimTime{in.time_ns()},
          transform(in.world_from_vehicle()),
          vector(in.velocity_mps()),
          vector(in.acceleration_mps2()),
          vector(in.angular_velocity_radps())};
}

v1::Collision toMessage(const CollisionEvent& event) {
  v1::Collision out;
  out.set_time_ns(event.at.ns);
  out.set_object_a(event.a.value);
  out.set_object_b(event.b.value);
  set(out.mutable_point(), event.point);
  out.set_impulse_newton_s(event.impulse_Ns);
  return out;
}

CollisionEvent fromMessage(const v1::Collision& in) {
  return {SimTime{in.time_ns()}, ObjectId{in.object_a()}, ObjectId{in.object_b()}, vector(in.point()),
          in.impulse_newton_s()};
}

}  // namespace nightfog::record
