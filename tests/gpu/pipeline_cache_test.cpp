#include <doctest/doctest.h>

#include <fstream>

#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/log.hpp"
#include "gpu_test.hpp"

using namespace nightfog;
using namespace nightfog::gpu_test;
namespace fs = std::filesystem;

namespace {

/// A folder of its own, gone afterwards; the log is silent meanwhile, since ignored caches warn.
class CacheFolder {
 public:
  CacheFolder() {
    setLogLevel(LogLevel::kOff);
    std::string pattern = (fs::temp_directory_path() / "nightfog_pipelines_XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~CacheFolder() {
    fs::remove_all(path);
    setLogLevel(LogLevel::kInfo);
  }

  /// Runs a kernel on a fresh device that uses the folder; its result is checked.
  void useDevice() const {
    gpu::Device device({.validation = true, .pipelineCacheFolder = path});
    const gpu::Buffer data = makeWords(device, {21});
    const gpu::Kernel kernel = makeScale(device);
    gpu::Stream stream(device);
    stream.dispatch(kernel, "double", {1, 1, 1}, ScalePush{data.address(), 1, 2});
    stream.finish();
    CHECK(readWords(device, data)[0] == 42);
  }

  fs::path onlyFile() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(path)) files.push_back(entry.path());
    REQUIRE(files.size() == 1);
    return files[0];
  }

  fs::path path;
};

constexpr size_t kDriverData = sizeof("nightfog pipelines 1\n") - 1 + 64 + 1;  // magic, SHA-256, newline
constexpr size_t kDriverHeader = 32;  // VkPipelineCacheHeaderVersionOne; its last 16 bytes are the UUID

void overwrite(const fs::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

TEST_CASE("The pipeline cache survives the process: written once, whole, and left alone while it holds") {
  const CacheFolder folder;
  folder.useDevice();
  const fs::path file = folder.onlyFile();
  const std::string content = readFile(file);
  REQUIRE(content.size() >= kDriverData + kDriverHeader);
  CHECK(content.substr(kDriverData - 65, 64) == sha256Hex(content.substr(kDriverData)));
  const auto written = fs::last_write_time(file);
  folder.useDevice();
  CHECK(folder.onlyFile() == file);
  if (readFile(file) == content) CHECK(fs::last_write_time(file) == written);
}

TEST_CASE("A damaged, cut, foreign or senseless pipeline cache is ignored and written anew") {
  const CacheFolder folder;
  folder.useDevice();
  const fs::path file = folder.onlyFile();
  const std::string content = readFile(file);
  const std::string driverHeader = content.substr(kDriverData, kDriverHeader);

  std::string flipped = content;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  std::string data = content.substr(kDriverData);
  data[20] = static_cast<char>(data[20] ^ 1);  // the UUID: as if another driver had made it
  const std::string foreign = "nightfog pipelines 1\n" + sha256Hex(data) + "\n" + data;
  const std::string headless = "nightfog pipelines 1\n" + sha256Hex("abc") + "\nabc";
  for (const std::string& bad : {flipped, content.substr(0, content.size() / 2), content.substr(0, 5), std::string(),
                                 foreign, headless, std::string(100000, 'x')}) {
    CAPTURE(bad.size());
    overwrite(file, bad);
    folder.useDevice();
    CHECK(readFile(file).substr(kDriverData, kDriverHeader) == driverHeader);
  }
}

TEST_CASE("A folder that cannot be written costs the cache, not the run") {
  const CacheFolder folder;
  const fs::path blocked = folder.path / "a file, no folder";
  overwrite(blocked, "x");
  gpu::Device device({.validation = true, .pipelineCacheFolder = blocked});
  const gpu::Kernel kernel = makeScale(device);
  CHECK_THROWS_AS(device.savePipelineCache(), IoError);
}

}  // namespace
