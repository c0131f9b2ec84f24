// nightfog: reads the command line into the structs of commands.hpp.
#include <CLI/CLI.hpp>

#include "tools/bench/bench_command.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/machine.hpp"
#include "tools/farm/exit_codes.hpp"
#include "tools/farm/farm_commands.hpp"
#include "tools/lang/import.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/sumo.hpp"
#include "tools/viewer/view_command.hpp"

using namespace nightfog;

namespace {

void addDeviceOptions(CLI::App& command, cli::DeviceArguments& arguments,
                      const char* device = "Vulkan device: auto, part of a name, or an index (see `nightfog doctor`)") {
  command.add_option("--device", arguments.device, device)->capture_default_str();
  command.add_option("--tracer", arguments.tracer, "auto: Embree on a CPU device, else compute")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "compute", "embree", "brute_force"}));
  command.add_option("--threads", arguments.threads, "CPU threads, 0: all. The bytes written do not depend on it");
  command.add_flag("--validation", arguments.validation, "Vulkan validation layers on; any message ends the run");
}

void addRender(CLI::App& app, std::function<ExitCode()>& chosen) {
  auto a = std::make_shared<cli::RenderArguments>();
  auto* command = app.add_subcommand("render", "Run scenarios and write labelled sensor records");
  auto* scenarios =
      command->add_option("SCENARIO", a->scenarios, "Scenario files (*.scn.yaml), or suites (*.suite.yaml)");
  auto* plan = command->add_option("--plan", a->plan, "Episodes that `nightfog plan` wrote down, instead of scenarios")
                   ->excludes(scenarios);
  command->add_option("--episode", a->episode, "With --plan: only the episodes whose id begins so")->needs(plan);
  command->add_option("--tries", a->tries, "With --plan: failures after which an episode is set aside")
      ->capture_default_str()
      ->check(CLI::Range(1u, 1000u))
      ->needs(plan);
  command->add_option("-o,--out", a->out, "Output folder; finished episodes in it are kept, unfinished ones resumed")
      ->required();
  command->add_option("--seed", a->seed, "Root seed instead of the file's")->excludes(plan);
  command->add_option("--runs", a->runs, "Runs of each scenario, indices 0 … N-1")
      ->check(CLI::Range(1u, 1'000'000u))
      ->excludes(plan);
  command
      ->add_flag("--labels-only", a->labelsOnly,
                 "cameras write ground truth without images, in a third of the time or less")
      ->excludes(plan);
  command
      ->add_option("--twin", a->twin,
                   "weather: every run again, the same world seen through clear air over dry ground, in <run>_clear; "
                   "faults: by sensors without faults, in <run>_sound")
      ->check(CLI::IsMember({"weather", "faults"}))
      ->excludes(plan);
  command->add_option("--frames", a->frames, "A..B, both included: only these frames of the reference sensor")
      ->excludes(plan);
  command
      ->add_option("--shard", a->shard,
                   "i/N: the i-th of N parts of equal cost; auto: as Slurm, Kubernetes or AWS Batch say")
      ->capture_default_str();
  command->add_option("--progress", a->progress, "auto: text on a terminal")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "none", "text", "json", "openjd"}));
  command->add_flag("--verify", a->verify, "Rehash finished episodes before skipping them");
  command->add_option("--cache-mib", a->cache_MiB, "Memory for worlds kept for the next episodes in them")
      ->capture_default_str();
  command->add_option(
      "--memory-mib", a->memory_MiB,
      "Memory of each device that may be filled; what a camera's frame takes beyond it is made in windows "
      "of rows, to the same bytes. 0: nine tenths of what the device has");
  addDeviceOptions(*command, a->device,
                   "Vulkan devices: auto, part of a name, or an index (see `nightfog doctor`); several with commas, or "
                   "all but CPUs by `all`: each renders episodes of its own, side by side");
  command->footer(
      "Example:\n  nightfog render scenarios/urban/parked_van_dartout/scenario.scn.yaml -o out --runs 4\n\n"
      "Writes OUT/<scenario>/<run>/{record.mcap, resolved.scn.yaml, preview.png, done.json} and "
      "OUT/manifest-sha256.txt.\n"
      "Exit codes: 0 done, 1 diagnostics, 2 usage, 3 an expectation failed, 69 no device, 74 I/O, 75 stopped, try "
      "again.\n"
      "With --plan: 64 usage, 65 episodes are wrong, 66 no such plan, 73 cannot create OUT; `nightfog merge` judges.");
  command->callback([a, &chosen] { chosen = [a] { return cli::render(*a); }; });
}

void addReaders(CLI::App& app, std::function<ExitCode()>& chosen) {
  {
    auto a = std::make_shared<cli::InspectArguments>();
    auto* command =
        app.add_subcommand("inspect", "Say what is in a record: channels, frames, outcomes, objects, provenance");
    command
        ->add_option("RECORD", a->record,
                     "record.mcap, or an episode's folder; a render's folder: its runs and what became of them")
        ->required();
    auto* frame = command->add_option("--frame", a->frame, "Only the labels of this frame, as a table");
    command
        ->add_flag("--trace", a->trace,
                   "The trigger trace: what fired when, and how near what never fired came; of a render's folder, "
                   "over all its runs")
        ->excludes(frame);
    command->add_option("--sensor", a->sensor, "With --frame: only of this sensor");
    command->add_flag("--json", a->json, "JSON on stdout");
    command->footer(
        "Example:\n  nightfog inspect out\n  nightfog inspect out/parked_van_dartout/*/ --frame 12\n  nightfog inspect "
        "out/night_fog_tyre_dartout --trace\n  nightfog inspect "
        "out/parked_van_dartout/*/record.mcap --json | jq .sensors[0].frames[0].outcomes");
    command->callback([a, &chosen] { chosen = [a] { return cli::inspect(*a); }; });
  }
  {
    auto a = std::make_shared<cli::WorldArguments>();
    auto* command =
        app.add_subcommand("world", "Play a scenario's world without sensors: where everybody is, as a table");
    command->add_option("FILE", a->scenario, "Scenario file")->required();
    command->add_option("--seed", a->seed, "Root seed instead of the file's");
    command->add_option("--run", a->run, "Index of the run, as `expand` lists them");
    command->add_option("--interval", a->interval_s, "Seconds between rows")
        ->capture_default_str()
        ->check(CLI::Range(0.001, 60.0));
    command->add_option("--csv", a->csv, "File to write; standard output if absent");
    command->add_option("--trace", a->trace, "File for which events fired and how near the others came, JSON");
    command->footer("Example:\n  nightfog world cut_in.scn.yaml --csv cut_in.csv");
    command->callback([a, &chosen] { chosen = [a] { return cli::world(*a); }; });
  }
  {
    auto a = std::make_shared<cli::ExportArguments>();
    auto* command = app.add_subcommand("export", "Write records as a data set in another format");
    command->add_option("RECORD", a->records, "record.mcap files, or episodes' folders; frames in this order")
        ->required();
    command->add_option("--format", a->format, "See `nightfog list exporters`")->required();
    command->add_option("-o,--out", a->out, "Folder to write; it appears whole or not at all")->required();
    command->add_option("--sensors", a->sensors, "Sensor ids, such as top,front; needed where there are several")
        ->delimiter(',');
    command->add_option("--rate", a->rate_hz, "Frames a second of simulated time; all if not given")
        ->check(CLI::PositiveNumber);
    command->add_flag(
        "--rectify", a->rectify,
        "Images and boxes as an ideal, level pinhole camera would have them; needed where the lens distorts");
    command->add_flag("--carry-moving", a->carryMoving,
                      "LiDAR points on moving things lie where those are at the image's time");
    command->add_option("--first-frame", a->firstFrame, "Number of the first frame, to stay clear of other data")
        ->capture_default_str();
    command->add_flag("--overwrite", a->overwrite, "Replace the folder if it is there");
    command->footer("Example:\n  nightfog export out/parked_van_dartout_camera/*/ --format kitti --rectify -o kitti");
    command->callback([a, &chosen] { chosen = [a] { return cli::exportRecords(*a); }; });
  }
  {
    auto a = std::make_shared<cli::PreviewArguments>();
    auto* command = app.add_subcommand("preview", "Draw a frame of a record as a PNG, or thumbnails of several");
    command
        ->add_option("RECORD", a->record,
                     "record.mcap, or an episode's folder; a render's folder: one thumbnail a run, with what the sweep "
                     "chose")
        ->required();
    command->add_option("-o,--out", a->out, "PNG to write")->required();
    command->add_option("--sensor", a->sensor, "Sensor id; the first one if not given");
    command
        ->add_option(
            "--view", a->view,
            "sheet: everything at a glance; of a LiDAR: top (from above), behind (from behind and above the sensor), "
            "range (rings by azimuth); of a camera, "
            "at full size: image, depth, semantic, instance, normal, flow")
        ->capture_default_str()
        ->check(CLI::IsMember(
            {"sheet", "top", "behind", "range", "image", "depth", "semantic", "instance", "normal", "flow"}));
    command->add_option("--colour", a->colour, "Of top, behind and range")
        ->capture_default_str()
        ->check(CLI::IsMember({"intensity", "range", "height", "class", "instance", "cause", "ring"}));
    command->add_option("--reach", a->reach_m, "Metres to show: half the width of top, how far behind looks (40)")
        ->check(CLI::Range(1.0, 1000.0));
    command->add_option("--width", a->width_px, "Pixels across, of top, behind and range")
        ->check(CLI::Range(64u, 8192u));
    auto* frame = command->add_option("--frame", a->frame, "Frame index; the middle one if not given");
    command->add_option("--frames", a->frames, "Thumbnails of these frames of one record, such as 0,10,20")
        ->delimiter(',')
        ->excludes(frame);
    command
        ->add_option("--columns", a->columns, "Thumbnails side by side; if not given: a row for each cell of a sweep")
        ->check(CLI::Range(1u, 100u));
    command->footer(
        "Example:\n  nightfog preview out/parked_van_dartout/*/record.mcap --frame 12 -o frame12.png\n  nightfog "
        "preview out/night_fog_tyre_dartout --sensor front --frame 24 -o sweep.png\n  nightfog "
        "preview out/parked_van_dartout_fog/*/ --view behind --colour cause --reach 30 -o cloud.png");
    command->callback([a, &chosen] { chosen = [a] { return cli::preview(*a); }; });
  }
}

void addMachine(CLI::App& app, std::function<ExitCode()>& chosen) {
  {
    auto a = std::make_shared<cli::DoctorArguments>();
    auto* command =
        app.add_subcommand("doctor", "Explain which devices can be used, which is chosen, and what is missing");
    command->add_flag("--json", a->json, "JSON on stdout");
    addDeviceOptions(*command, a->device);
    command->footer("Example:\n  nightfog doctor");
    command->callback([a, &chosen] { chosen = [a] { return cli::doctor(*a); }; });
  }
  {
    auto a = std::make_shared<cli::ListArguments>();
    auto* command = app.add_subcommand("list", "List what scenario files can name");
    command
        ->add_option("WHAT", a->what,
                     "sensors, injectors, faults, weather, exporters, assets, materials, devices, classes, causes")
        ->required()
        ->check(CLI::IsMember({"sensors", "injectors", "faults", "weather", "exporters", "assets", "materials",
                               "devices", "classes", "causes"}));
    command->add_flag("--json", a->json, "JSON on stdout");
    command->footer("Example:\n  nightfog list assets\n  nightfog list injectors --json | jq .[0].params");
    command->callback([a, &chosen] { chosen = [a] { return cli::list(*a); }; });
  }
  {
    auto a = std::make_shared<bench::BenchArguments>();
    auto* command = app.add_subcommand(
        "bench",
        "Measure this machine: tracers and a LiDAR frame beside raw Embree, a camera's frame beside Cycles, or traffic "
        "beside real time");
    command->add_flag("--json", a->json, "JSON on stdout");
    command->add_option("--repeat", a->repeat, "Measurements of each; the median counts")->capture_default_str();
    command->add_option("--device", a->device, "Vulkan device")->capture_default_str();
    command->add_option("--threads", a->threads, "CPU threads, 0: all");
    command
        ->add_option(
            "--peer", a->peer,
            "embree: tracers and LiDAR; blender: a camera's frame beside Cycles; none: the camera's frame alone; "
            "lidar: LiDAR frames with a footprint and in fog beside a plain one; "
            "traffic: a hundred vehicles beside real time, driven, near others and left to physics")
        ->capture_default_str()
        ->check(CLI::IsMember({"embree", "blender", "none", "lidar", "traffic"}));
    command->add_option("--save-images", a->saveImages, "Folder for the camera's pictures, ours and the peer's");
    command->footer("Example:\n  nightfog bench --json > bench.json\n  nightfog bench --peer blender --repeat 3");
    command->callback([a, &chosen] {
      chosen = [a] {
        a->dataFolder = lang::dataFolder();
        return bench::run(*a);
      };
    });
  }
}

void addView(CLI::App& app, std::function<ExitCode()>& chosen) {
  auto a = std::make_shared<viewer::ViewArguments>();
  auto device = std::make_shared<cli::DeviceArguments>();
  auto* command =
      app.add_subcommand("view", "Open a scenario in the authoring viewer: see it, scrub it, move it, save it");
  command->add_option("SCENARIO", a->scenario, "Scenario file (*.scn.yaml)")->required();
  command->add_option("--seed", a->seed, "Root seed instead of the file's");
  command->add_option("--run", a->run, "Index of the run to begin with");
  command->add_option("-o,--out", a->out, "Folder that renders go to")->capture_default_str();
  command->add_option("--size", a->size, "Of the window")->capture_default_str();
  command->add_option("--scale", a->scale, "Of fonts and spaces; 2 for a display of many pixels")
      ->capture_default_str()
      ->check(CLI::Range(0.5, 4.0));
  command->add_flag("--light", a->isLight, "Light instead of dark");
  command->add_option("--script", a->script, "Play the commands of this file with mouse and keyboard, then end");
  command->add_option("--stats", a->stats, "Write how quick the window was, as JSON, when it closes");
  addDeviceOptions(*command, *device);
  command->footer(
      "Example:\n  nightfog view scenarios/flagship/night_fog_tyre_dartout.scn.yaml\n  nightfog view my.scn.yaml "
      "--script tour.txt\n\n"
      "Without a display: xvfb-run -a -s '-screen 0 1280x720x24' nightfog view … --script …\n"
      "Exit codes: 0 done, 1 an assertion of the script does not hold, 2 usage, 69 no display or no device.");
  command->callback([a, device, &chosen] {
    chosen = [a, device] {
      a->device = device->device;
      a->tracer = device->tracer;
      a->threads = device->threads;
      a->validation = device->validation;
      a->cacheFolder = cli::cacheFolder();
      return viewer::view(*a);
    };
  });
}

void addAssetOptions(CLI::App& command, cli::AssetArguments& a) {
  command.add_option("TARGET", a.target, "An asset's id (`nightfog list assets`), or a mesh file")->required();
  command.add_option("--assets", a.assets, "Folder with asset files of your own, instead of the installed ones");
  command.add_option("--class", a.semantic, "Of a mesh file: its class")->capture_default_str();
  command.add_option("--forward", a.forward, "Of a mesh file: the axis where it looks, +x … -z")->capture_default_str();
  command.add_option("--up", a.up, "Of a mesh file: the axis away from the ground")->capture_default_str();
  auto* scale = command.add_option("--scale", a.scale, "Of a mesh file: metres in its unit; 1 if not given")
                    ->check(CLI::PositiveNumber);
  command.add_option("--length", a.length_m, "Of a mesh file: its true length in metres")
      ->check(CLI::PositiveNumber)
      ->excludes(scale);
}

void addAsset(CLI::App& app, std::function<ExitCode()>& chosen) {
  auto* asset = app.add_subcommand("asset", "Look at meshes: what is wrong with them, their measures, a turntable");
  asset->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, const char* example,
                       ExitCode (*run)(const cli::AssetArguments&)) {
    auto a = std::make_shared<cli::AssetArguments>();
    auto* command = asset->add_subcommand(name, description);
    addAssetOptions(*command, *a);
    command->footer(example);
    command->callback([a, run, &chosen] { chosen = [a, run] { return run(*a); }; });
    return std::pair(command, a);
  };
  const auto [check, checkArguments] =
      add("check", "Name what is wrong with an asset; exit code 1 when something is",
          "Example:\n  nightfog asset check car.glb --class vehicle.car --forward +z --up +y --length 4.55",
          cli::assetCheck);
  check->add_flag("--json", checkArguments->json, "One JSON object a line");
  const auto [measure, measureArguments] =
      add("measure", "Its box (as an asset file wants it), triangles, nodes, materials",
          "Example:\n  nightfog asset measure vehicle.sedan --json | jq .box", cli::assetMeasure);
  measure->add_flag("--json", measureArguments->json, "JSON on stdout");
  const auto [view, viewArguments] =
      add("view", "Draw it from all around; backs of faces are magenta",
          "Example:\n  nightfog asset view vehicle.sedan -o turntable.png", cli::assetView);
  view->add_option("-o,--out", viewArguments->out, "PNG to write")->required();
  addDeviceOptions(*view, viewArguments->device);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("nightfog: what LiDAR and cameras see in the driving situations that logs hardly hold", "nightfog");
  std::function<ExitCode()> chosen;
  addRender(app, chosen);
  lang::addCommands(app, chosen);
  lang::addImport(app, chosen);
  lang::addSumo(app, chosen);
  addView(app, chosen);
  addReaders(app, chosen);
  addAsset(app, chosen);
  addMachine(app, chosen);
  farm::addCommands(app, chosen);
  const int code = lang::runCommandLine(app, chosen, argc, argv);
  return farm::exitCodeFor(code, farm::speaksSysexits(argc, argv));
}
