// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/network_panel.h"
