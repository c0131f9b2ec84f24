// What the viewer remembers between sessions, in a small file of the user's: looks, files, that the tour has been seen.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace nightfog::viewer {

/// @code
///   Settings settings = readSettings(settingsFolder());
///   settings.remember("night.scn.yaml");
///   writeSettings(settings, settingsFolder());
/// @endcode
struct Settings {
  static constexpr double kSmallest = 0.6, kLargest = 3;
  static constexpr size_t kMostFiles = 10;

  bool isLight = false;
  double scale = 1;  ///< of fonts and spaces
  bool hasSeenTour = false;
  std::vector<std::filesystem::path> recent;  ///< absolute, the last one first

  void remember(const std::filesystem::path& file);
  bool operator==(const Settings&) const = default;
};

/// $XDG_CONFIG_HOME/nightfog, or ~/.config/nightfog; empty: there is no such place.
std::filesystem::path settingsFolder();
/// Whatever stands there: what cannot be read or is out of range is as at first. Throws nothing.
Settings readSettings(const std::filesystem::path& folder);
/// Whole or not at all; a folder that cannot be written keeps nothing. Throws nothing.
void writeSettings(const Settings& settings, const std::filesystem::path& folder);

}  // namespace nightfog::viewer
