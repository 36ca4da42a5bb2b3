// SPDX-License-Identifier: GPL-3.0-or-later
// Names a process so that it is still known after its id was given to another one.
#pragma once

#include <string>
#include <string_view>

namespace mantissa::store {

/// This process: the boot of the machine, process id and start time.
std::string ownProcessToken();

/// Whether the process that wrote the token still runs. A process of another boot does not.
bool isProcessAlive(std::string_view token);

}  // namespace mantissa::store
