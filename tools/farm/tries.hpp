// How often an episode has been tried and by whom, and which are set aside because trying again does not help.
//
//   OUT/.farm/tries/<episode>/<host>.<process>.<count>      one try: running, failed, crashed, or left by a dead
//   process OUT/.farm/set-aside/<episode>.json                      given up: what went wrong, and the command that
//   shows it
//
// Notes, not promises: a data set is complete or not by its episodes alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"

namespace nightfog::farm {

struct SetAside {
  std::string episode, scenario, run;
  uint32_t tries = 0;
  std::string reason;
  std::string command;  ///< reproduces it
};

/// What tries of an episode came to.
struct TryCount {
  uint32_t failed = 0;      ///< ended by an error, or a crash
  uint32_t vanished = 0;    ///< killed without a word: preempted, or out of memory
  std::string lastMessage;  ///< of a failure
};

/// A try that runs. Its file says so for as long as it lives; a crash of the process (SIGSEGV, SIGABRT, SIGBUS, SIGFPE,
/// SIGILL) is written into it; a SIGKILL leaves it as it is. Of several in a process a crash is the one's that claimed
/// the thread, or else the one's that last claimed the others.
class Try {
 public:
  Try(std::filesystem::path folder, const std::string& name);
  ~Try();  ///< stopped: as if it had never been
  Try(const Try&) = delete;
  Try& operator=(const Try&) = delete;

  /// A crash of this thread is this try's.
  void claimThread() const;
  /// A crash of a thread that nobody claimed (of a pool, of a driver) is this try's from now on.
  void claimOthers() const;
  /// Says that the process lives, now and then.
  void touch();
  void fail(const std::string& message);
  /// The episode is whole: earlier tries do not matter any more.
  void succeed();

 private:
  std::filesystem::path folder_, file_;
  int fd_ = -1;
  bool isNoted_ = false;
};

class Tries {
 public:
  /// `most`: failures after which an episode is set aside. What vanishes without a word is mostly the machine's doing,
  /// so it takes four times as many.
  Tries(const std::filesystem::path& out, uint32_t most);

  TryCount count(const std::string& episode) const;
  /// Whether the tries are used up; then it is set aside, with `command`.
  bool isSpent(const std::string& episode, const std::string& scenario, const std::string& run,
               const std::string& command) const;
  std::unique_ptr<Try> begin(const std::string& episode) const;

  std::vector<SetAside> setAside() const;
  /// Forgets the tries of an episode, so that it is rendered again.
  void forget(const std::string& episode) const;

 private:
  std::filesystem::path folder(const std::string& episode) const;
  std::filesystem::path note(const std::string& episode) const;
  std::filesystem::path farm_;
  uint32_t most_ = 3;
};

}  // namespace nightfog::farm
