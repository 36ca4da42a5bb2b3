// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/precision_panel.h"
