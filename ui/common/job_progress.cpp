// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/job_progress.h"

#include <QBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <algorithm>

namespace mantissa::ui {
namespace {

constexpr int kProgressScale = 1000;

}  // namespace

JobProgress::JobProgress(const QString& name, Qt::Orientation orientation, QWidget* parent)
    : QWidget(parent), m_bar(new QProgressBar), m_phase(new QLabel) {
    m_bar->setAccessibleName(name);
    m_phase->setObjectName(QStringLiteral("phase"));
    m_phase->setWordWrap(orientation == Qt::Vertical);
    auto* layout = new QBoxLayout(
        orientation == Qt::Vertical ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight, this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_bar, 1);
    layout->addWidget(m_phase);
    setBusy(false);
}

void JobProgress::setBusy(bool busy) {
    setVisible(busy);
    m_phase->clear();
    m_bar->setRange(0, busy ? 0 : kProgressScale);
    m_bar->setValue(0);
}

void JobProgress::setProgress(qint64 done, qint64 total, const QStringList& text) {
    m_bar->setRange(0, total > 0 ? kProgressScale : 0);
    if (total > 0) {
        const double share = static_cast<double>(done) / static_cast<double>(total);
        m_bar->setValue(static_cast<int>(std::clamp(share, 0.0, 1.0) * kProgressScale));
    }
    QStringList parts = text;
    parts.removeAll(QString());
    m_phase->setText(parts.join(QStringLiteral(" · ")));
    m_bar->setAccessibleDescription(m_phase->text());
}

}  // namespace mantissa::ui
