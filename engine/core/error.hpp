// What ends a run is thrown: what happened, where, which value, what was allowed, and what to do next.
#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>

namespace nightfog {

/// Process exit codes of the command-line contract (README, "Exit codes").
enum class ExitCode : int {
  kOk = 0,
  kDiagnostics = 1,
  kUsage = 2,
  kExpectationFailed = 3,
  kInternal = 70,
  kNoDevice = 69,
  kIo = 74,
  kTryAgain = 75,
};

/// An error that ends a run. `what()` says what went wrong; `help()` what the user can do about it.
class Error : public std::runtime_error {
 public:
  explicit Error(ExitCode code, const std::string& what, std::string help = {})
      : std::runtime_error(what), code_(code), help_(std::move(help)) {}

  ExitCode code() const { return code_; }
  const std::string& help() const { return help_; }

 private:
  ExitCode code_ = ExitCode::kInternal;
  std::string help_;
};

/// Reading or writing failed; names the path and the system's reason.
class IoError : public Error {
 public:
  explicit IoError(const std::string& what, std::string help = {}) : Error(ExitCode::kIo, what, std::move(help)) {}
};

/// The caller broke a contract, or an input that should have been refused earlier got through. Never reachable from
/// user input.
[[noreturn]] void assertionFailed(const char* condition, const char* file, int line, const std::string& message);

}  // namespace nightfog

/// For bugs only; stays on in release builds. NF_ASSERT(n > 0, "ring count {}", n)
#define NF_ASSERT(condition, ...)                                                                            \
  do {                                                                                                       \
    if (!(condition)) ::nightfog::assertionFailed(#condition, __FILE__, __LINE__, fmt::format(__VA_ARGS__)); \
  } while (false)
