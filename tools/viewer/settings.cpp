#include "tools/viewer/settings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"

namespace nightfog::viewer {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr size_t kMostBytes = 64 << 10, kLongestPath = 4096;
constexpr const char* kFile = "viewer.json";

bool isPath(const Json& json) {
  if (!json.is_string()) return false;
  const auto& text = json.get_ref<const std::string&>();
  return !text.empty() && text.size() <= kLongestPath && text.front() == '/' &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; });
}

}  // namespace

void Settings::remember(const fs::path& file) {
  std::error_code error;
  const fs::path whole = fs::absolute(file, error).lexically_normal();
  if (error) return;
  recent.erase(std::remove(recent.begin(), recent.end(), whole), recent.end());
  recent.insert(recent.begin(), whole);
  if (recent.size() > kMostFiles) recent.resize(kMostFiles);
}

fs::path settingsFolder() {
  // By the XDG base directory specification a relative path is to be ignored.
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config == '/') return fs::path(config) / "nightfog";
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? fs::path(home) / ".config" / "nightfog" : fs::path();
}

Settings readSettings(const fs::path& folder) {
  Settings out;
  std::error_code error;
  if (folder.empty() || !fs::is_regular_file(folder / kFile, error)) return out;
  try {
    const Json json = Json::parse(readFile(folder / kFile, kMostBytes), nullptr, false);
    if (!json.is_object()) return out;
    const auto truth = [&](const char* key, bool otherwise) {
      const auto found = json.find(key);
      return found != json.end() && found->is_boolean() ? found->get<bool>() : otherwise;
    };
    out.isLight = truth("light", false);
    out.hasSeenTour = truth("tour_seen", false);
    if (const auto scale = json.find("scale"); scale != json.end() && scale->is_number()) {
      const auto value = scale->get<double>();
      if (std::isfinite(value)) out.scale = std::clamp(value, Settings::kSmallest, Settings::kLargest);
    }
    const auto recent = json.find("recent");
    if (recent == json.end() || !recent->is_array()) return out;
    for (const Json& path : *recent) {
      if (out.recent.size() < Settings::kMostFiles && isPath(path)) out.recent.emplace_back(path.get<std::string>());
    }
  } catch (const std::exception&) {
    return out;
  }
  return out;
}

void writeSettings(const Settings& settings, const fs::path& folder) {
  if (folder.empty()) return;
  Json json{{"light", settings.isLight},
            {"scale", settings.scale},
            {"tour_seen", settings.hasSeenTour},
            {"recent", Json::array()}};
  for (const fs::path& path : settings.recent) json["recent"].push_back(path.string());
  try {
    std::error_code error;
    fs::create_directories(folder, error);
    // Names of files need not be UTF-8.
    writeFileAtomically(folder / kFile, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace nightfog::viewer
