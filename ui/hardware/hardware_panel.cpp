// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/hardware_panel.h"
