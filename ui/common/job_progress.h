// SPDX-License-Identifier: GPL-3.0-or-later
// How far long work has come: a bar and a line of text, shown while it runs.
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;
class QProgressBar;

namespace mantissa::ui {

class JobProgress : public QWidget {
    Q_OBJECT

public:
    /// `name` for screen readers; `orientation`: the text beside the bar, or below it.
    explicit JobProgress(const QString& name, Qt::Orientation orientation,
                         QWidget* parent = nullptr);

    /// Shown while busy; begins without a known length and without text.
    void setBusy(bool busy);
    /// `total` of 0 or less: the length is not known. Empty parts of the text are left out.
    void setProgress(qint64 done, qint64 total, const QStringList& text);

private:
    QProgressBar* m_bar;
    QLabel* m_phase;
};

}  // namespace mantissa::ui
