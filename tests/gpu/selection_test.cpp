#include "engine/gpu/selection.hpp"

#include <doctest/doctest.h>

#include "gpu_test.hpp"

using namespace nightfog;
using namespace nightfog::gpu_test;

namespace {

const std::vector<gpu::DeviceInfo> kDevices = {
    {.name = "llvmpipe (LLVM 15.0.6, 256 bits)", .type = gpu::DeviceType::kCpu},
    {.name = "Laptop iGPU", .type = gpu::DeviceType::kIntegrated},
    {.name = "Old Card 9",
     .type = gpu::DeviceType::kDiscrete,
     .missing = {"Vulkan 1.3 (it offers 1.1)", "64-bit integers"}},
    {.name = "Big Card 12", .type = gpu::DeviceType::kDiscrete},
    {.name = "Big Card 13", .type = gpu::DeviceType::kDiscrete},
};

TEST_CASE("Auto prefers discrete to integrated to virtual to CPU, the first of equals, and skips what cannot be used") {
  CHECK(gpu::selectDevice(kDevices, "auto") == 3);
  CHECK(gpu::selectDevice(std::span(kDevices).first(3), "auto") == 1);
  CHECK(gpu::selectDevice(std::span(kDevices).first(1), "auto") == 0);
  const std::vector<gpu::DeviceInfo> rest = {{.name = "other", .type = gpu::DeviceType::kOther},
                                             kDevices[0],
                                             {.name = "virtual", .type = gpu::DeviceType::kVirtual}};
  CHECK(gpu::selectDevice(rest, "auto") == 2);
}

TEST_CASE("A device is named by any part of its name in any case, or by its number") {
  CHECK(gpu::selectDevice(kDevices, "LLVMpipe") == 0);
  CHECK(gpu::selectDevice(kDevices, "igpu") == 1);
  CHECK(gpu::selectDevice(kDevices, "big card") == 3);
  CHECK(gpu::selectDevice(kDevices, "card 13") == 4);
  CHECK(gpu::selectDevice(kDevices, "4") == 4);
}

TEST_CASE("What cannot be used says why and how to get a device that can") {
  const auto expect = [&](std::span<const gpu::DeviceInfo> devices, const char* name, std::vector<std::string> phrases,
                          const std::string& helpPhrase) {
    CAPTURE(name);
    try {
      gpu::selectDevice(devices, name);
      FAIL("a device was chosen");
    } catch (const gpu::NoDeviceError& error) {
      CHECK(error.code() == ExitCode::kNoDevice);
      const std::string what = error.what();
      CAPTURE(what);
      for (const std::string& phrase : phrases) CHECK(what.find(phrase) != std::string::npos);
      CHECK(error.help().find(helpPhrase) != std::string::npos);
    }
  };
  const std::string reasons = "2: Old Card 9 lacks Vulkan 1.3 (it offers 1.1), 64-bit integers";
  expect(kDevices, "old card", {"'old card' cannot run our kernels", reasons, "3: Big Card 12 (usable)"},
         "mesa-vulkan-drivers");
  expect(kDevices, "2", {"'2' cannot run our kernels", reasons}, "mesa-vulkan-drivers");
  expect(kDevices, "Voodoo", {"no device is called 'Voodoo'", "0: llvmpipe", reasons}, "`auto`");
  expect(kDevices, "5", {"no device is called '5'"}, "number");
  expect(kDevices, "99999999999999999999999", {"no device is called '99999999999999999999999'"}, "number");
  expect(std::span(kDevices).subspan(2, 1), "auto", {"every device found", "Old Card 9 lacks"}, "mesa-vulkan-drivers");
  expect({}, "auto", {"no Vulkan device"}, "mesa-vulkan-drivers");
}

TEST_CASE("The devices of this machine are listed with their drivers and memory") {
  const std::vector<gpu::DeviceInfo> devices = gpu::Device::list();
  bool usable = false;
  for (const gpu::DeviceInfo& device : devices) {
    MESSAGE(device.name << "; " << device.driver << "; " << (device.memoryBytes >> 20) << " MiB; "
                        << (device.isUsable() ? "usable" : "lacks " + device.missing.front()));
    CHECK_FALSE(device.name.empty());
    CHECK(device.memoryBytes > 0);
    usable = usable || device.isUsable();
  }
  CHECK(usable);
  const gpu::Device byName({.name = devices.front().name, .validation = true});
  CHECK(byName.info().name == devices.front().name);
  CHECK_THROWS_AS(gpu::Device({.name = "no such device"}), gpu::NoDeviceError);
}

TEST_CASE("A machine without a Vulkan driver is told which package to install") {
  const LoaderVariable noDrivers("VK_ICD_FILENAMES", "/nonexistent/driver.json");
  const LoaderVariable noDriversEither("VK_DRIVER_FILES", "/nonexistent/driver.json");
  for (bool list : {false, true}) {
    try {
      if (list) {
        gpu::Device::list();
      } else {
        gpu::Device device({});
      }
      FAIL("a device was found");
    } catch (const gpu::NoDeviceError& error) {
      CHECK(error.help().find("mesa-vulkan-drivers") != std::string::npos);
    }
  }
}

}  // namespace
