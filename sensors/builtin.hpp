// Every kind of sensor there is. The composition root hands makeSensor() to the simulation.
#pragma once

#include <memory>

#include "engine/scenario/scenario.hpp"
#include "engine/sensing/sensor.hpp"

namespace nightfog::sensors {

/// The sensor of a mount, ready to capture. The services outlive it.
std::unique_ptr<sensing::Sensor> makeSensor(const scenario::SensorMount& mount, sensing::CaptureServices& services);

}  // namespace nightfog::sensors
