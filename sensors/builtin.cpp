#include "sensors/builtin.hpp"

#include <variant>

#include "sensors/camera/camera_sensor.hpp"
#include "sensors/lidar/lidar_sensor.hpp"

namespace nightfog::sensors {
namespace {

// One line a kind: the specification's type chooses.
struct Make {
  const scenario::SensorMount& mount;
  sensing::CaptureServices& services;

  std::unique_ptr<sensing::Sensor> operator()(const scenario::LidarSpec&) const {
    return std::make_unique<lidar::LidarSensor>(mount, services);
  }
  std::unique_ptr<sensing::Sensor> operator()(const scenario::CameraSpec&) const {
    return std::make_unique<camera::CameraSensor>(mount, services);
  }
};

}  // namespace

std::unique_ptr<sensing::Sensor> makeSensor(const scenario::SensorMount& mount, sensing::CaptureServices& services) {
  return std::visit(Make{mount, services}, mount.spec);
}

}  // namespace nightfog::sensors
