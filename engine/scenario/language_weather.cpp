#include "engine/scenario/language_weather.hpp"

#include <fmt/format.h>

#include "engine/config/suggest.hpp"
#include "engine/config/variant_codec.hpp"
#include "engine/scenario/language_world.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr Range kVisibility{1, 100'000};

struct FogFile {
  std::optional<double> visibility_m, height_m, lidarRatio_sr;
  std::optional<std::vector<FogBank>> banks;
};
struct DustFile {
  std::optional<double> visibility_m;
};
struct WindFile {
  std::optional<double> speed_mps, heading_rad;
};
struct RoadStateFile {
  std::optional<double> wetness, puddles, snow;
};
struct LightFile {
  std::optional<double> moon_lx, sun_lx;
  std::optional<StreetLamps> lamps;
};
struct KeyframeFile {
  SimTime at, ramp;
  std::optional<std::string> use;  ///< a preset; usePreset() looks it up
  std::optional<FogFile> fog;
  std::optional<DustFile> dust;
  std::optional<double> rain_mmph, snow_mmph, clouds;
  std::optional<WindFile> wind;
  std::optional<RoadStateFile> road;
  std::optional<LightFile> light;
};

/// Never drawn: which file is meant must be known before anything is.
Codec<std::string> presetCodec() {
  Codec<std::string> codec = text();
  codec.info.what = "import.preset";
  return codec;
}

const Descriptor<FogBank>& bankDescriptor() {
  static const auto d =
      Descriptor<FogBank>("fog bank", "A body of fog that drifts, a dome with a soft edge.")
          .required(
              "place", &FogBank::place, vec3(Dimension::kLength, {-100'000, 100'000}),
              "of its middle on the map when the keyframe begins; z above the ground under the first sensor's carrier")
          .required("size", &FogBank::size_m, vec3(Dimension::kLength, {0.1, 10'000}), "length, width, height")
          .optional("heading", &FogBank::heading_rad, quantity(Dimension::kAngle, {-2 * kPi, 2 * kPi}),
                    "of its length, from the map's x axis")
          .required("visibility", &FogBank::visibility_m, quantity(Dimension::kLength, kVisibility),
                    "meteorological optical range where it is full, beside the fog around it")
          .optional("edge", &FogBank::edge, quantity(Dimension::kRatio, {0.01, 1}),
                    "share of the way from its surface to its middle over which it becomes full")
          .optional("drift_speed", &FogBank::driftSpeed_mps, quantity(Dimension::kSpeed, {0, 80}), "none: the wind's")
          .optional("drift_heading", &FogBank::driftHeading_rad, quantity(Dimension::kAngle, {-2 * kPi, 2 * kPi}),
                    "towards which it drifts; none: as the wind blows");
  return d;
}

const Descriptor<KeyframeFile>& keyframeDescriptor() {
  static const auto fog = Descriptor<FogFile>("fog", "Fog.")
                              .optional("visibility", &FogFile::visibility_m, quantity(Dimension::kLength, kVisibility),
                                        "meteorological optical range (5 % contrast); 100 km: clear")
                              .optional("height", &FogFile::height_m, quantity(Dimension::kLength, {0.1, 10'000}),
                                        "of its upper edge above the ground; none: no upper edge")
                              .optional("lidar_ratio", &FogFile::lidarRatio_sr, number<double>({5, 500}),
                                        "extinction to backscatter, sr; none: 18, fog at 905 nm")
                              .optional("banks", &FogFile::banks, listOf(object(bankDescriptor()), 0, 8),
                                        "that drift from here on, instead of those before");
  static const auto dust =
      Descriptor<DustFile>("dust", "Dust or smoke in the air.")
          .optional("visibility", &DustFile::visibility_m, quantity(Dimension::kLength, kVisibility),
                    "meteorological optical range through it; 100 km: none");
  static const auto wind =
      Descriptor<WindFile>("wind", "Wind.")
          .optional("speed", &WindFile::speed_mps, quantity(Dimension::kSpeed, {0, 80}), "at 10 m above the ground")
          .optional("heading", &WindFile::heading_rad, quantity(Dimension::kAngle, {-2 * kPi, 2 * kPi}),
                    "towards which it blows, from the map's x axis, left positive");
  static const auto road = Descriptor<RoadStateFile>("road", "The road's surface.")
                               .optional("wetness", &RoadStateFile::wetness, quantity(Dimension::kRatio, {0, 1}),
                                         "0 % dry, 100 % a film of water everywhere")
                               .optional("puddles", &RoadStateFile::puddles, quantity(Dimension::kRatio, {0, 1}),
                                         "share of the surface under standing water")
                               .optional("snow", &RoadStateFile::snow, quantity(Dimension::kRatio, {0, 1}),
                                         "share of the surface under snow");
  static const auto light =
      Descriptor<LightFile>("light", "Light from the sky and the street.")
          .optional("moon", &LightFile::moon_lx, quantity(Dimension::kIlluminance, {0, 1}),
                    "illuminance of the ground by moonlight, above any fog, while the sun is down; none: moonless")
          .optional("sun", &LightFile::sun_lx, quantity(Dimension::kIlluminance, {0, 150'000}),
                    "on a surface facing the sun; none: by the time of day")
          .optional("street_lamps", &LightFile::lamps,
                    choice<StreetLamps>(
                        {{"auto", StreetLamps::kAuto}, {"lit", StreetLamps::kLit}, {"dark", StreetLamps::kDark}}),
                    "auto: by the sun's height");
  const Codec<double> rate = quantity(Dimension::kPrecipitation, {0, 300});
  static const auto keyframe =
      Descriptor<KeyframeFile>("weather keyframe", "What changes in the weather from an instant on; the rest stays.")
          .required("at", &KeyframeFile::at, simTime({0, 3600}), "when")
          .optional("ramp", &KeyframeFile::ramp, simTime({0, 3600}), "time the change takes")
          .optional("use", &KeyframeFile::use, presetCodec(), "a preset: its channels, with those below laid over them")
          .optional("fog", &KeyframeFile::fog, object(fog), "none so far: clear air")
          .optional("dust", &KeyframeFile::dust, object(dust), "none so far: no dust")
          .optional("rain", &KeyframeFile::rain_mmph, rate, "rain rate")
          .optional("snow", &KeyframeFile::snow_mmph, rate, "snow rate, water equivalent")
          .optional("wind", &KeyframeFile::wind, object(wind), "none so far: calm")
          .optional("clouds", &KeyframeFile::clouds, quantity(Dimension::kRatio, {0, 1}), "share of the sky")
          .optional("road", &KeyframeFile::road, object(road), "none so far: dry")
          .optional("light", &KeyframeFile::light, object(light), "none: by the time of day");
  return keyframe;
}

WeatherKeyframe fromFile(const KeyframeFile& in) {
  WeatherKeyframe out;
  out.at = in.at;
  out.ramp = in.ramp;
  if (in.fog)
    out.fogVisibility_m = in.fog->visibility_m, out.fogHeight_m = in.fog->height_m,
    out.fogLidarRatio_sr = in.fog->lidarRatio_sr, out.fogBanks = in.fog->banks;
  if (in.dust) out.dustVisibility_m = in.dust->visibility_m;
  out.rainRate_mmph = in.rain_mmph;
  out.snowRate_mmph = in.snow_mmph;
  if (in.wind) out.windSpeed_mps = in.wind->speed_mps, out.windHeading_rad = in.wind->heading_rad;
  out.cloudCover = in.clouds;
  if (in.road) out.roadWetness = in.road->wetness, out.roadPuddles = in.road->puddles, out.roadSnow = in.road->snow;
  if (in.light) {
    out.moonIlluminance_lx = in.light->moon_lx;
    out.sunIlluminance_lx = in.light->sun_lx;
    out.streetLamps = in.light->lamps;
  }
  return out;
}

KeyframeFile toFile(const WeatherKeyframe& in) {
  KeyframeFile out;
  out.at = in.at;
  out.ramp = in.ramp;
  if (in.fogVisibility_m || in.fogHeight_m || in.fogLidarRatio_sr || in.fogBanks)
    out.fog = FogFile{in.fogVisibility_m, in.fogHeight_m, in.fogLidarRatio_sr, in.fogBanks};
  if (in.dustVisibility_m) out.dust = DustFile{in.dustVisibility_m};
  out.rain_mmph = in.rainRate_mmph;
  out.snow_mmph = in.snowRate_mmph;
  if (in.windSpeed_mps || in.windHeading_rad) out.wind = WindFile{in.windSpeed_mps, in.windHeading_rad};
  out.clouds = in.cloudCover;
  if (in.roadWetness || in.roadPuddles || in.roadSnow)
    out.road = RoadStateFile{in.roadWetness, in.roadPuddles, in.roadSnow};
  if (in.moonIlluminance_lx || in.sunIlluminance_lx || in.streetLamps)
    out.light = LightFile{in.moonIlluminance_lx, in.sunIlluminance_lx, in.streetLamps};
  return out;
}

}  // namespace

namespace {

/// A keyframe without a time.
const Descriptor<KeyframeFile>& presetDescriptor() {
  static const auto d =
      keyframeDescriptor().partial("weather preset", "A state of the weather.", {"at", "ramp", "use"});
  return d;
}

struct WeatherFile {
  std::string id, title;
  Named<KeyframeFile> presets;
};

const Descriptor<WeatherFile>& weatherFileDescriptor() {
  static const auto d = Descriptor<WeatherFile>("weather file", "Weather presets that scenarios may use.")
                            .header("weather/1")
                            .required("id", &WeatherFile::id, identifier(false, "a file's id"), "its name")
                            .optional("title", &WeatherFile::title, text(), "for people")
                            .required("presets", &WeatherFile::presets, mapOf(object(presetDescriptor()), 1000),
                                      "by id; keyframes say `use: import.id`");
  return d;
}

/// nullptr: reported.
const Node* findPreset(const Node& use, const Imports& imports, Diagnostics& diagnostics) {
  const size_t dot = use.text.find('.');
  const std::string alias = use.text.substr(0, dot);
  const std::string id = dot == std::string::npos ? std::string() : use.text.substr(dot + 1);
  const auto at = imports.find(alias);
  std::vector<std::string> known;
  for (const auto& [name, file] : imports) {
    const Node* presets = file->kind == "weather" ? file->document->root().find("presets") : nullptr;
    if (presets == nullptr) continue;
    for (const Node* preset : presets->children) {
      if (name == alias && preset->key == id) return preset;
      known.push_back(name + "." + preset->key);
    }
  }
  auto& d = diagnostics.error("E0405", use.place(),
                              at == imports.end() || at->second->kind != "weather"
                                  ? fmt::format("no import '{}' that holds weather", excerpt(alias))
                                  : fmt::format("import '{}' holds no preset '{}'", alias, excerpt(id)));
  if (known.empty()) {
    d.withHelp("add it: `imports: {wx: std/weather@1}`");
    return nullptr;
  }
  d.withHelp(suggestionHelp(use.text, known));
  if (const auto near = suggest(use.text, known)) d.withFix(*near);
  return nullptr;
}

}  // namespace

const ObjectInfo& weatherFileInfo() {
  return weatherFileDescriptor().info();
}

void checkWeatherFile(const Node& root, Diagnostics& diagnostics) {
  // Distributions stand in for what they could draw; nothing read here is used.
  Draws draws(0, 0);
  draws.enterImport("weather/");
  ReadContext context{diagnostics, &draws};
  WeatherFile file;
  weatherFileDescriptor().read(root, file, context);
}

bool usePreset(const Node& keyframe, const Imports& imports, Draws& draws, Diagnostics& diagnostics,
               WeatherKeyframe& out) {
  const Node* use = keyframe.find("use");
  if (use == nullptr) return true;
  const Node* preset = findPreset(*use, imports, diagnostics);
  if (preset == nullptr) return false;
  KeyframeFile file;
  ReadContext context{diagnostics, &draws};
  // A preset used twice draws twice.
  draws.enterImport(keyframe.path() + "/");
  bool ok = presetDescriptor().read(*preset, file, context);
  draws.enterImport({});
  ReadContext over{diagnostics, &draws, true};
  ok = ok && keyframeDescriptor().read(keyframe, file, over);
  if (ok) out = fromFile(file);
  return ok;
}

Codec<WeatherKeyframe> weatherCodec() {
  Codec<WeatherKeyframe> codec;
  codec.info = object(keyframeDescriptor()).info;
  codec.read = [](const Node& node, WeatherKeyframe& out, ReadContext& context) {
    KeyframeFile file;
    const bool ok = keyframeDescriptor().read(node, file, context);
    out = fromFile(file);
    return ok;
  };
  codec.write = [](const WeatherKeyframe& value) { return keyframeDescriptor().write(toFile(value)); };
  return codec;
}

}  // namespace nightfog::scenario
