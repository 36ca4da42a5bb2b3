// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/process_token.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX, not in csignal
#include <unistd.h>

namespace mantissa::store {
namespace {

/// Stands for what a system without /proc cannot tell.
constexpr std::string_view kUnknown = "-";

std::string bootId() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    return file >> id ? id : std::string(kUnknown);
}

/// Start time in clock ticks since boot (proc(5), field 22 of stat); absent where the process is
/// gone or only waits for its parent to take note of its end.
std::optional<std::string> startTime(long pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    // Field 2, the program's name, may contain anything, but ends with the last ')'.
    const auto nameEnd = line.rfind(')');
    if (nameEnd == std::string::npos) {
        return std::nullopt;
    }
    std::istringstream fields(line.substr(nameEnd + 1));
    std::string field;
    fields >> field;  // field 3, the state
    if (field == "Z" || field == "X") {
        return std::nullopt;
    }
    constexpr int kStartTime = 22;
    for (int i = 4; i <= kStartTime; ++i) {
        fields >> field;
    }
    return fields ? std::optional(field) : std::nullopt;
}

}  // namespace

std::string ownProcessToken() {
    const long pid = ::getpid();
    return bootId() + " " + std::to_string(pid) + " " +
           startTime(pid).value_or(std::string(kUnknown));
}

bool isProcessAlive(std::string_view token) {
    std::istringstream parts{std::string(token)};
    std::string boot;
    std::string start;
    long pid = 0;
    if (!(parts >> boot >> pid >> start) || pid <= 0 || boot != bootId()) {
        return false;
    }
    if (start == kUnknown) {
        return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
    }
    return startTime(pid) == start;
}

}  // namespace mantissa::store
