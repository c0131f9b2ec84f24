#include "tools/viewer/window.hpp"

#include <imgui/backends/imgui_impl_glfw.h>
#include <imgui/backends/imgui_impl_opengl3.h>
#include <imgui/imgui.h>

#define GLFW_INCLUDE_GLCOREARB
#include <GLFW/glfw3.h>

#include <cstring>

#include "engine/core/error.hpp"

namespace nightfog::viewer {
namespace {

/// The few functions of OpenGL that are called here; those of version 1.1 are in every libGL.
struct Gl {
  PFNGLGENTEXTURESPROC genTextures;
  PFNGLDELETETEXTURESPROC deleteTextures;
  PFNGLBINDTEXTUREPROC bindTexture;
  PFNGLTEXIMAGE2DPROC texImage2D;
  PFNGLTEXPARAMETERIPROC texParameteri;
  PFNGLPIXELSTOREIPROC pixelStorei;
  PFNGLREADPIXELSPROC readPixels;
  PFNGLVIEWPORTPROC viewport;
  PFNGLCLEARCOLORPROC clearColor;
  PFNGLCLEARPROC clear;

  Gl() {
    load(genTextures, "glGenTextures");
    load(deleteTextures, "glDeleteTextures");
    load(bindTexture, "glBindTexture");
    load(texImage2D, "glTexImage2D");
    load(texParameteri, "glTexParameteri");
    load(pixelStorei, "glPixelStorei");
    load(readPixels, "glReadPixels");
    load(viewport, "glViewport");
    load(clearColor, "glClearColor");
    load(clear, "glClear");
  }

 private:
  template <class F>
  static void load(F& function, const char* name) {
    function = reinterpret_cast<F>(glfwGetProcAddress(name));
    if (function == nullptr) throw Error(ExitCode::kNoDevice, fmt::format("OpenGL lacks {}", name));
  }
};

/// Of the thread's current context.
const Gl& gl() {
  static const Gl functions;
  return functions;
}

constexpr const char* kDisplayHelp =
    "run it in a desktop session, over `ssh -X`, or under a virtual display: xvfb-run -a -s '-screen 0 1280x720x24' "
    "nightfog view …";

std::string lastError() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text == nullptr ? "no reason given" : text;
}

}  // namespace

ScreenTexture::ScreenTexture() {
  gl().genTextures(1, &name_);
}

ScreenTexture::~ScreenTexture() {
  gl().deleteTextures(1, &name_);
}

void ScreenTexture::set(uint32_t width, uint32_t height, std::span<const uint8_t> rgb) {
  NF_ASSERT(rgb.size() == size_t{3} * width * height, "{} bytes for {} x {} pixels", rgb.size(), width, height);
  upload(width, height, rgb.data(), false);
}

void ScreenTexture::setWithAlpha(uint32_t width, uint32_t height, std::span<const uint8_t> rgba) {
  NF_ASSERT(rgba.size() == size_t{4} * width * height, "{} bytes for {} x {} pixels", rgba.size(), width, height);
  upload(width, height, rgba.data(), true);
}

void ScreenTexture::upload(uint32_t width, uint32_t height, const uint8_t* bytes, bool hasAlpha) {
  gl().bindTexture(GL_TEXTURE_2D, name_);
  gl().pixelStorei(GL_UNPACK_ALIGNMENT, 1);
  gl().texParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  gl().texParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  gl().texParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  gl().texParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  gl().texImage2D(GL_TEXTURE_2D, 0, hasAlpha ? GL_RGBA8 : GL_RGB8, static_cast<int>(width), static_cast<int>(height), 0,
                  hasAlpha ? GL_RGBA : GL_RGB, GL_UNSIGNED_BYTE, bytes);
  width_ = width;
  height_ = height;
}

void* ScreenTexture::id() const {
  return reinterpret_cast<void*>(static_cast<uintptr_t>(name_));  // NOLINT(performance-no-int-to-ptr)
}

struct Window::Impl {
  GLFWwindow* window = nullptr;
  Fonts fonts;
};

Window::Window(const std::string& title, int width, int height, float scale) : impl_(std::make_unique<Impl>()) {
  if (glfwInit() == GLFW_FALSE)
    throw Error(ExitCode::kNoDevice, fmt::format("there is no display for a window: {}", lastError()), kDisplayHelp);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  impl_->window = glfwCreateWindow(width, height, title.c_str(), nullptr, nullptr);
  if (impl_->window == nullptr) {
    const std::string reason = lastError();
    glfwTerminate();
    throw Error(ExitCode::kNoDevice, fmt::format("no window with OpenGL 3.2: {}", reason),
                "install the package `libgl1-mesa-dri`");
  }
  glfwMakeContextCurrent(impl_->window);
  glfwSwapInterval(0);
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui::GetIO().ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  impl_->fonts = loadFonts(scale);
  ImGui_ImplGlfw_InitForOpenGL(impl_->window, true);
  ImGui_ImplOpenGL3_Init("#version 150");
}

Window::~Window() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(impl_->window);
  glfwTerminate();
}

const Fonts& Window::fonts() const {
  return impl_->fonts;
}

bool Window::wantsToClose() const {
  return glfwWindowShouldClose(impl_->window) == GLFW_TRUE;
}

void Window::setTitle(const std::string& title) {
  glfwSetWindowTitle(impl_->window, title.c_str());
}

double Window::now_s() {
  return glfwGetTime();
}

void Window::wake() {
  glfwPostEmptyEvent();
}

std::string Window::clipboard() const {
  const char* text = glfwGetClipboardString(impl_->window);
  return text == nullptr ? "" : text;
}

void Window::setClipboard(const std::string& text) {
  glfwSetClipboardString(impl_->window, text.c_str());
}

void Window::begin(double patience_s, const PlayedInput& played) {
  if (patience_s > 0)
    glfwWaitEventsTimeout(patience_s);
  else
    glfwPollEvents();
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  if (played.isOn) {
    ImGuiIO& io = ImGui::GetIO();
    io.MousePos = {played.x, played.y};
    for (int button = 0; button < 3; ++button) io.MouseDown[button] = played.isDown[button];
    io.MouseWheel = played.wheel;
    std::memset(io.KeysDown, 0, sizeof io.KeysDown);
    for (const int key : played.keys) io.KeysDown[key] = true;
    io.KeyCtrl = played.isCtrl;
    io.KeyShift = played.isShift;
    io.AddInputCharactersUTF8(played.text.c_str());
  }
  ImGui::NewFrame();
}

void Window::end(uint32_t background_rgb) {
  ImGui::Render();
  int width = 0, height = 0;
  glfwGetFramebufferSize(impl_->window, &width, &height);
  gl().viewport(0, 0, width, height);
  const auto channel = [&](int shift) { return static_cast<float>(background_rgb >> shift & 255) / 255.0F; };
  gl().clearColor(channel(16), channel(8), channel(0), 1);
  gl().clear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  glfwSwapBuffers(impl_->window);
}

std::vector<uint8_t> Window::pixels(uint32_t& width, uint32_t& height) const {
  int w = 0, h = 0;
  glfwGetFramebufferSize(impl_->window, &w, &h);
  width = static_cast<uint32_t>(w);
  height = static_cast<uint32_t>(h);
  std::vector<uint8_t> upwards(size_t{3} * width * height), out(upwards.size());
  gl().pixelStorei(GL_PACK_ALIGNMENT, 1);
  gl().readPixels(0, 0, w, h, GL_RGB, GL_UNSIGNED_BYTE, upwards.data());
  const size_t row = size_t{3} * width;
  for (uint32_t y = 0; y < height; ++y) std::memcpy(&out[y * row], &upwards[(height - 1 - y) * row], row);
  return out;
}

}  // namespace nightfog::viewer
