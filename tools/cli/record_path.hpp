// A record on the command line may be named by its file or by its episode's folder.
#pragma once

#include <filesystem>

#include "engine/core/error.hpp"

namespace nightfog::cli {

inline std::filesystem::path recordPath(const std::filesystem::path& given) {
  std::error_code error;
  if (std::filesystem::is_directory(given, error)) {
    const auto inside = given / "record.mcap";
    if (std::filesystem::exists(inside, error)) return inside;
    throw IoError(fmt::format("{} holds no record.mcap", given.string()),
                  "give an episode's folder, such as out/<scenario>/<run>, or the record itself");
  }
  if (!std::filesystem::exists(given, error)) {
    throw IoError(fmt::format("{} does not exist", given.string()), "records are at out/<scenario>/<run>/record.mcap");
  }
  return given;
}

}  // namespace nightfog::cli
