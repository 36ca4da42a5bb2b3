// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/chart_page.h"

#include <utility>

namespace mantissa::ui {

void ChartPage::bringUpToDate() {
    if (std::exchange(m_stale, false)) {
        refresh();
    }
}

void ChartPage::markStale() {
    m_stale = true;
    if (isVisible()) {
        bringUpToDate();
    }
}

void ChartPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    bringUpToDate();
}

}  // namespace mantissa::ui
