// Structured log on standard error: one line, a level, a message. The library never prints otherwise, and never to
// stdout.
#pragma once

#include <fmt/core.h>

#include <string_view>

namespace nightfog {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

void setLogLevel(LogLevel level);
/// `json`: one JSON object a line {"time","level","message"}, for machines; otherwise text, coloured on a terminal.
void setLogJson(bool json);
void logMessage(LogLevel level, std::string_view message);

template <class... Args>
void logDebug(fmt::format_string<Args...> format, Args&&... args) {
  logMessage(LogLevel::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void logInfo(fmt::format_string<Args...> format, Args&&... args) {
  logMessage(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void logWarning(fmt::format_string<Args...> format, Args&&... args) {
  logMessage(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void logError(fmt::format_string<Args...> format, Args&&... args) {
  logMessage(LogLevel::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace nightfog
