#include "engine/mesh_file/reader_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

namespace nightfog::mesh_file {
namespace {

using Clock = std::chrono::steady_clock;

/// The program lies beside the one that runs, also where that is a test.
std::filesystem::path readerProgram() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path beside = self.parent_path() / "nightfog-mesh-reader";
  if (error || !std::filesystem::exists(beside, error)) {
    throw IoError(fmt::format("{} is not installed: without it no mesh file can be read", beside.string()),
                  "Build or install nightfog as a whole; the program belongs beside `nightfog`.");
  }
  return beside;
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

std::array<int, 2> openPipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw IoError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  return ends;
}

struct Pipe {
  Pipe() : Pipe(openPipe()) {}
  explicit Pipe(const std::array<int, 2>& ends) : read(ends[0]), write(ends[1]) {}
  FileDescriptor read;
  FileDescriptor write;
};

/// A child that is dead and buried when this goes.
class Child {
 public:
  Child(const std::filesystem::path& program, const std::vector<std::string>& arguments, const Pipe& out,
        const Pipe& err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);
    std::string name = program.string();
    std::vector<std::string> copies = arguments;
    std::vector<char*> argv{name.data()};
    for (std::string& argument : copies) argv.push_back(argument.data());
    argv.push_back(nullptr);
    // A fixed environment: the answer must depend on the file alone.
    std::array<char, 9> locale{"LC_ALL=C"};
    std::array<char*, 2> environment{locale.data(), nullptr};
    const int failed = posix_spawn(&pid_, name.c_str(), &actions, nullptr, argv.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw IoError(fmt::format("cannot start {}: {}", name, std::strerror(failed)));
  }
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      wait();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  void kill() { ::kill(pid_, SIGKILL); }
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_ = -1;
};

/// Appends what can be read now; false at the end of the stream.
bool drain(int fd, std::string& into, size_t keepAtMost) {
  std::array<char, 1 << 16> buffer;
  const ssize_t n = ::read(fd, buffer.data(), buffer.size());
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  if (into.size() < keepAtMost) into.append(buffer.data(), std::min(static_cast<size_t>(n), keepAtMost - into.size()));
  return n > 0;
}

constexpr size_t kMostText = 1 << 14;
constexpr size_t kMostBytes = size_t{6} << 30;

/// Collects both streams until they end. False when the time is up.
bool collect(Pipe& out, Pipe& err, Clock::time_point deadline, std::string& bytes, std::string& text) {
  std::array<pollfd, 2> streams{pollfd{out.read.get(), POLLIN, 0}, pollfd{err.read.get(), POLLIN, 0}};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    if (::poll(streams.data(), streams.size(), static_cast<int>(std::min<int64_t>(left, 1000))) < 0 && errno != EINTR) {
      throw IoError(fmt::format("waiting for the mesh reader failed: {}", std::strerror(errno)));
    }
    if (streams[0].revents != 0 && !drain(streams[0].fd, bytes, kMostBytes)) streams[0].fd = -1;
    if (streams[1].revents != 0 && !drain(streams[1].fd, text, kMostText)) streams[1].fd = -1;
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += out.empty() || out.back() == ' ' ? "" : " ";
    } else {
      out += static_cast<unsigned char>(c) < 32 || c == 127 ? '?' : c;
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out.substr(0, 500);
}

constexpr const char* kExportAgain =
    "Open it in the program it was made with and export it again, best as glTF; `nightfog asset check FILE` tries it.";

}  // namespace

ReaderAnswer runMeshReader(const std::filesystem::path& file, const std::filesystem::path& root, const Limits& limits) {
  Pipe out;
  Pipe err;
  Child child(readerProgram(),
              {std::filesystem::absolute(file).string(), root.string(), std::to_string(limits.fileBytes),
               std::to_string(limits.triangles), std::to_string(limits.imageSize), std::to_string(limits.images),
               std::to_string(limits.imageTexels), std::to_string(limits.nodes), std::to_string(limits.seconds),
               std::to_string(limits.addressBytes)},
              out, err);
  out.write.close();
  err.write.close();
  ReaderAnswer answer;
  std::string text;
  const auto deadline = Clock::now() + std::chrono::seconds(3 * limits.seconds);
  const bool inTime = collect(out, err, deadline, answer.bytes, text);
  if (!inTime) child.kill();
  const int status = child.wait();
  if (!inTime || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)) {
    answer.reason = fmt::format("reading it took more than {} s", limits.seconds);
    answer.help = "It is too large, or made to keep a reader busy.";
  } else if (WIFSIGNALED(status)) {
    answer.wasCrash = true;
    answer.reason = fmt::format("the reader died of it ({})", ::strsignal(WTERMSIG(status)));
    answer.help = kExportAgain;
  } else if (WEXITSTATUS(status) != 0) {
    answer.wasCrash = WEXITSTATUS(status) != 1;
    answer.reason = printable(text);
    if (answer.reason.empty()) answer.reason = fmt::format("the reader gave up ({})", WEXITSTATUS(status));
    answer.help = kExportAgain;
  } else {
    answer.isDone = true;
  }
  return answer;
}

}  // namespace nightfog::mesh_file
