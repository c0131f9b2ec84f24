// The device's thread: builds the stage of a scenario and draws looks at it, coarse at once and finer while nobody asks
// for anything else. Sensors draw with their own tracer and kernels.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/record/lidar_sweep.hpp"
#include "engine/simulation/episode_world.hpp"
#include "engine/trace/tracer.hpp"
#include "tools/viewer/eye.hpp"
#include "tools/viewer/played_episode.hpp"

namespace nightfog::viewer {

/// What is to be drawn.
struct Look {
  std::shared_ptr<const PlayedEpisode> episode;
  size_t step = 0;
  std::optional<size_t> sensor;  ///< a camera's own view instead of `camera`
  Pinhole camera;
  uint32_t width_px = 0, height_px = 0;  ///< of the place where it is shown
  bool clearAir = false;                 ///< without the weather
  bool daylight = false;                 ///< under a high sun instead of the scenario's sky
  std::optional<size_t> lidar;           ///< whose sweep is wanted, too
  bool flow = false, normals = false;    ///< these planes, too
  bool operator==(const Look&) const = default;
};

/// A drawn look. Planes are as wide and high as the picture.
struct Picture {
  Look look;
  uint32_t width = 0, height = 0;
  Pinhole camera;  ///< that drew it
  std::vector<uint8_t> rgb;
  std::vector<float> depth_m;
  std::vector<uint16_t> semantic;
  std::vector<uint32_t> instance;
  std::vector<uint32_t> normals;   ///< where wanted; world axes, shared::encodeOctahedral()
  std::vector<glm::vec2> flow_px;  ///< where wanted: of a sensor to its next frame, of the eye in kFlow_s
  std::vector<record::FlowState> flowState;
  float flowScale_px = 1;                        ///< that counts as much
  int level = 0;                                 ///< 0: coarse … kFinest
  double seconds = 0;                            ///< that drawing took
  std::chrono::steady_clock::time_point wished;  ///< when this look was first wanted
};

struct Sweep {
  std::shared_ptr<const PlayedEpisode> episode;
  size_t sensor = 0, frame = 0;
  record::LidarSweep sweep;
  std::vector<glm::dvec3> world;  ///< where each point lies, by where the sensor was when it was fired
};

struct StudioOptions {
  std::string device = "auto";
  trace::TracerKind tracer = trace::TracerKind::kAuto;
  unsigned threads = 0;
  bool validation = false;
  std::filesystem::path cacheFolder;
  std::filesystem::path assetsFolder;
  std::function<void()> onNews = {};  ///< called on the studio's thread when there is something new to show
};

class Studio {
 public:
  static constexpr int kFinest = 3;
  static constexpr double kFlow_s = 0.1;  ///< that the eye's flow is shown of

  /// Returns at once; the device is opened on the studio's own thread. The catalogue outlives this.
  Studio(StudioOptions options, const catalog::Catalog& catalog);
  ~Studio();

  struct Built {
    std::unique_ptr<simulation::EpisodeWorld> world;
    std::shared_ptr<PlayedEpisode> episode;
  };
  /// Builds stage and sensors, blocks until they are there; what is drawn from now on is drawn on that stage. Throws
  /// what building throws. The stage of what was built before is gone: nobody may play it any more.
  Built build(std::shared_ptr<const scenario::Scenario> scenario);

  /// What to draw from now on. Looks at an episode that was not built last are not drawn.
  void look(const Look& look);
  /// The last picture drawn since the last call.
  std::optional<Picture> takePicture();
  std::shared_ptr<const Sweep> sweep() const;
  /// Is there anything left to refine?
  bool isBusy() const;
  /// Why nothing can be drawn any more; empty: all is well.
  std::string failure() const;
  std::string deviceName() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::viewer
