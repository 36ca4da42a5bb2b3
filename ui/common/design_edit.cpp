// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/design_edit.h"

namespace mantissa::ui {

quint64 nextGesture() {
    static quint64 last = 0;  // widgets live in the one GUI thread
    return ++last;
}

}  // namespace mantissa::ui
