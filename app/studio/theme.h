// SPDX-License-Identifier: GPL-3.0-or-later
// Light, dark or the desktop's own colours, as palettes; no style sheets.
#pragma once

#include "app/studio/settings.h"

namespace mantissa::app {

/// Applies to the whole application; panels and charts follow through QEvent::PaletteChange.
void applyTheme(Theme theme);

}  // namespace mantissa::app
