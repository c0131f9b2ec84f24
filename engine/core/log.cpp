#include "engine/core/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace nightfog {
namespace {

std::string jsonEscaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  return out;
}

struct Logger {
  std::shared_ptr<spdlog::logger> sink = [] {
    auto logger = std::make_shared<spdlog::logger>("nightfog", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    logger->set_pattern("%^%l%$: %v");
    return logger;
  }();
  bool json = false;
};

Logger& logger() {
  static Logger instance;
  return instance;
}

spdlog::level::level_enum toSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

}  // namespace

void setLogLevel(LogLevel level) {
  logger().sink->set_level(toSpdlog(level));
}

void setLogJson(bool json) {
  logger().json = json;
  logger().sink->set_pattern(json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%v"})" : "%^%l%$: %v");
}

void logMessage(LogLevel level, std::string_view message) {
  if (logger().json) {
    logger().sink->log(toSpdlog(level), jsonEscaped(message));
  } else {
    logger().sink->log(toSpdlog(level), message);
  }
}

}  // namespace nightfog
