// SHA-256 for identity (files, scenarios) and a fast 64-bit hash for random-number keys.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace nightfog {

/// Incremental SHA-256 (FIPS 180-4).
/// @code Sha256 h; h.update("abc"); h.hex() == "ba7816bf..." @endcode
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text) { update(std::as_bytes(std::span(text.data(), text.size()))); }
  /// 64 lower-case hexadecimal digits of everything so far; may be called once.
  std::string hex();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::string sha256Hex(std::string_view text);
/// Throws IoError when the file cannot be read.
std::string sha256HexOfFile(const std::filesystem::path& path);

/// 64-bit FNV-1a, finished by a full avalanche (splitmix64). A fixed function of its bytes on every platform, for ever:
/// random-number keys are made with it.
uint64_t hash64(std::string_view text, uint64_t seed = 0);
uint64_t hashCombine(uint64_t a, uint64_t b);

}  // namespace nightfog
