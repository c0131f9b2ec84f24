// Slurm's own commands, as far as we call them.
#pragma once

#include <filesystem>
#include <string>

namespace nightfog::farm {

constexpr const char* kSlurmScript = "slurm.sbatch";  ///< in OUT/.farm

/// Submits a script; the job's number. Throws Error when sbatch is not there (66) or refuses (75).
std::string sbatch(const std::filesystem::path& script);

}  // namespace nightfog::farm
