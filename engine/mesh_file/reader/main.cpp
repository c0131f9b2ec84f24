// nightfog-mesh-reader FILE ROOT LIMITS…: parses one hostile mesh file and writes it to stdout in our own form
// (wire.hpp). It runs on behalf of readMeshFile(); nobody calls it by hand. Exit: 0 done, 1 refused (reason on stderr).
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <new>

#include "engine/mesh_file/reader/scene_reader.hpp"
#include "engine/mesh_file/wire.hpp"

using namespace nightfog::mesh_file;

namespace {

void limit(int resource, uint64_t most) {
  const rlimit value{most, most};
  setrlimit(static_cast<__rlimit_resource>(resource), &value);
}

void confine(const Limits& limits) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);  // it writes to a pipe and to nothing else
  limit(RLIMIT_NOFILE, 64);
  limit(RLIMIT_CPU, limits.seconds);
#ifndef NIGHTFOG_NO_ADDRESS_LIMIT
  limit(RLIMIT_AS, limits.addressBytes);
#endif
}

bool writeAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

int failed(const std::string& reason) {
  fmt::print(stderr, "{}\n", reason);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 11) return failed("this program is started by nightfog, which gives it its limits");
  const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
  const auto small = [&](int i) { return static_cast<uint32_t>(number(i)); };
  const Limits limits{number(3), number(4), small(5), small(6), number(7), small(8), small(9), number(10)};
  confine(limits);
  try {
    RootedFiles files(argv[2], limits.fileBytes);
    const std::string bytes = encode(readScene(argv[1], files, limits));
    if (!writeAll(bytes)) return failed("what was read could not be passed on");
  } catch (const Refusal& refusal) {
    return failed(refusal.reason);
  } catch (const std::bad_alloc&) {
    return failed(fmt::format("reading it needs more than {} GiB of memory", limits.addressBytes >> 30));
  } catch (const std::exception& error) {
    return failed(error.what());
  }
  // The importer's destructors have nothing to give back that the end of the process does not.
  _exit(0);
}
