// SPDX-License-Identifier: GPL-3.0-or-later
// A page whose chart is drawn when somebody looks: what is hidden costs a drag nothing.
#pragma once

#include <QWidget>

namespace mantissa::ui {

class Chart;

class ChartPage : public QWidget {
    Q_OBJECT

public:
    virtual Chart* chart() const = 0;
    /// Draws what has changed since the page was last seen; of use to exports.
    void bringUpToDate();

protected:
    explicit ChartPage(QWidget* parent) : QWidget(parent) {}
    /// Sets the chart's data.
    virtual void refresh() = 0;
    void markStale();  ///< refreshes at once where the page is visible
    void showEvent(QShowEvent* event) override;

private:
    bool m_stale = false;
};

}  // namespace mantissa::ui
