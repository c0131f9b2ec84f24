# Every third-party package, found in one place. The Debian packages are listed with licence and reason in third_party/README.md
# and, one a line for tools/setup, in third_party/packages.txt.
# What the language tools need …
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(glm REQUIRED)
find_package(TBB REQUIRED COMPONENTS tbb)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(nlohmann_json REQUIRED)
find_package(pugixml REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(yaml-cpp REQUIRED IMPORTED_TARGET GLOBAL yaml-cpp)
if(NIGHTFOG_LANG_ONLY)
  return()
endif()
# … and the rest.
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(embree 3.13 REQUIRED)
find_package(Vulkan REQUIRED)
# Bullet in doubles (worlds are kilometres wide), chosen here and nowhere else.
pkg_check_modules(bullet REQUIRED IMPORTED_TARGET GLOBAL bullet-float64)
pkg_check_modules(spirv-cross REQUIRED IMPORTED_TARGET GLOBAL spirv-cross-c-shared)
find_path(DOCTEST_INCLUDE_DIR doctest/doctest.h REQUIRED)
find_package(assimp 5.2 REQUIRED)
find_path(STB_INCLUDE_DIR stb/stb_image.h REQUIRED)
# The viewer's window.
pkg_check_modules(imgui REQUIRED IMPORTED_TARGET GLOBAL imgui)
pkg_check_modules(glfw REQUIRED IMPORTED_TARGET GLOBAL glfw3)
