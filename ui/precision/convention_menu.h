// SPDX-License-Identifier: GPL-3.0-or-later
// The published systems whose convention a format can adopt, as a menu.
#pragma once

#include <functional>

#include "core/numerics/convention.h"

class QMenu;
class QWidget;

namespace mantissa::ui {

QMenu* makeConventionMenu(QWidget* parent,
                          const std::function<void(const numerics::Convention&)>& adopt);

}  // namespace mantissa::ui
