// A fuzzer's target without libFuzzer, for the ordinary tests: every file of its corpus goes through it, then mutants
// of them in a fixed number and always the same ones. Under the sanitizers, where tests build with them. What it finds
// first, libFuzzer finds better: tools/fuzz.
//
//   smoke_TARGET DICTIONARY MUTANTS CORPUS…
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/core/random.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using namespace nightfog;
namespace fs = std::filesystem;

constexpr size_t kLongest = 8192;  ///< bytes, as tools/fuzz has it

/// The words of a libFuzzer dictionary: one a line, in quotes, with \xNN, \" and \\.
std::vector<std::string> readDictionary(const fs::path& file) {
  std::vector<std::string> words;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.size() < 2 || line.front() != '"') continue;
    std::string word;
    for (size_t i = 1; i + 1 < line.size(); ++i) {
      if (line[i] != '\\') {
        word += line[i];
      } else if (line[i + 1] == 'x') {
        word += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
        i += 3;
      } else {
        word += line[++i];
      }
    }
    words.push_back(std::move(word));
  }
  return words;
}

std::string mutant(std::string text, const std::string& other, const std::vector<std::string>& words,
                   RandomSource& random) {
  for (uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
    const size_t at = random.below(text.size() + 1);
    const size_t length = std::min<size_t>(1 + random.below(random.below(8) == 0 ? 200 : 12), text.size() - at);
    switch (random.below(6)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, words[random.below(words.size())]);
        break;
      case 2:
        text.replace(at, length, words[random.below(words.size())]);
        break;
      case 3:  // a piece again, elsewhere
        text.insert(random.below(text.size() + 1), text.substr(at, length));
        break;
      case 4:  // a piece of another file
        if (!other.empty()) text.insert(at, other.substr(random.below(other.size()), 1 + random.below(80)));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
        break;
    }
  }
  text.resize(std::min(text.size(), kLongest));
  return text;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return 2;
  const fs::path program = arguments[0];
  const fs::path inHand = program.string() + ".input";
  // Kept open: closing a file that was truncated to nothing waits for the disk.
  const int kept = ::open(inHand.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  const auto feed = [&](const std::string& bytes) {
    const auto size = static_cast<ssize_t>(bytes.size());
    if (::pwrite(kept, bytes.data(), bytes.size(), 0) != size || ::ftruncate(kept, size) != 0)
      throw IoError(fmt::format("cannot write {}", inHand.string()));
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  };
  const std::vector<std::string> words = readDictionary(arguments[1]);
  std::vector<fs::path> files;
  for (int i = 3; i < count; ++i) {
    for (const auto& entry : fs::directory_iterator(arguments[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  if (words.empty() || files.empty()) {
    fmt::print(stderr, "{}: no words or no corpus\n", program.filename().string());
    return 1;
  }
  fmt::print("should this die, {} holds what it died of\n", inHand.string());
  std::fflush(stdout);
  std::vector<std::string> seeds;
  for (const fs::path& file : files) {
    seeds.push_back(readFile(file));
    feed(seeds.back());
  }
  RandomSource random(1, 0, "fuzz/" + program.filename().string());
  const int mutants = std::stoi(arguments[2]);
  for (int i = 0; i < mutants; ++i) {
    const std::string& seed = seeds[random.below(seeds.size())];
    feed(mutant(seed, seeds[random.below(seeds.size())], words, random));
  }
  ::close(kept);
  fs::remove(inHand);
  fmt::print("{} files and {} mutants of them went through\n", files.size(), mutants);
  return 0;
}
