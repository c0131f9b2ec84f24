// Writes a record of the test street, and its preview beside it: something for readers that are not ours.
//
//   record_sample FOLDER RINGS COLUMNS FRAMES FOG_EXTINCTION
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/record/preview.hpp"
#include "engine/record/record_queue.hpp"
#include "tests/record/street.hpp"

int main(int argc, char** argv) {
  using namespace nightfog;
  if (argc != 6) {
    std::cerr << "record_sample FOLDER RINGS COLUMNS FRAMES FOG_EXTINCTION\n";
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    const record::test::StreetOptions options{static_cast<uint32_t>(std::atoi(argv[2])),
                                              static_cast<uint32_t>(std::atoi(argv[3])), std::atof(argv[5])};
    record::RecordQueue queue(std::make_unique<record::EpisodeWriter>(
        folder / "record.mcap", record::test::streetEpisode(options), record::Provenance{{"tracer", "closed forms"}}));
    for (uint32_t frame = 0; frame < static_cast<uint32_t>(std::atoi(argv[4])); ++frame) {
      queue.push(record::test::streetEgo(frame));
      queue.push(record::test::streetFrame(options, frame));
    }
    queue.close();
    writeFileAtomically(folder / "preview.png", record::previewPng(folder / "record.mcap", {}));
  } catch (const Error& error) {
    std::cerr << error.what() << "\n" << error.help() << "\n";
    return static_cast<int>(error.code());
  }
  return 0;
}
