#include "engine/record/preview.hpp"

#include <array>

#include "engine/core/files.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/record_path.hpp"

namespace nightfog::cli {

ExitCode preview(const PreviewArguments& arguments) {
  record::PreviewRequest request;
  using View = record::PreviewRequest::View;
  constexpr std::array<std::pair<std::string_view, View>, 9> kViews{{{"sheet", View::kSheet},
                                                                     {"top", View::kTop},
                                                                     {"range", View::kRange},
                                                                     {"image", View::kImage},
                                                                     {"depth", View::kDepth},
                                                                     {"semantic", View::kSemantic},
                                                                     {"instance", View::kInstance},
                                                                     {"normal", View::kNormal},
                                                                     {"flow", View::kFlow}}};
  for (const auto& [name, view] : kViews) {
    if (name == arguments.view) request.view = view;
  }
  if (const auto colour = record::colourByName(arguments.colour)) request.colour = *colour;
  request.sensor = arguments.sensor;
  request.frame = arguments.frame;
  writeFileAtomically(arguments.out, record::previewPng(recordPath(arguments.record), request));
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
