// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/compare_panel.h"
