// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reproduce/dataflow_view.h"

#include <QPainter>
#include <QSvgRenderer>
#include <algorithm>

#include "core/systems/dataflow_drawing.h"

namespace mantissa::ui {
namespace {

/// Height of the drawing's letters, in its own units.
constexpr double kLetters = 12;

}  // namespace

DataflowView::DataflowView(QWidget* parent)
    : QWidget(parent), m_drawing(std::make_unique<QSvgRenderer>()) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

DataflowView::~DataflowView() = default;

void DataflowView::setDataflow(const systems::Dataflow& flow, const QString& title) {
    m_drawing->load(QByteArray::fromStdString(systems::drawingSvg(flow, title.toStdString())));
    setAccessibleName(title);
    updateGeometry();
    update();
}

/// Its letters as large as those around it.
QSize DataflowView::sizeHint() const {
    return m_drawing->defaultSize() * (fontInfo().pixelSize() / kLetters);
}

int DataflowView::heightForWidth(int width) const {
    const QSize natural = sizeHint();
    if (natural.isEmpty()) {
        return 0;
    }
    return natural.height() * std::min(width, natural.width()) / natural.width();
}

void DataflowView::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    const QSizeF room(std::min(width(), sizeHint().width()), height());
    const QSizeF size = QSizeF(m_drawing->defaultSize()).scaled(room, Qt::KeepAspectRatio);
    m_drawing->render(&painter, QRectF(QPointF(), size));
}

}  // namespace mantissa::ui
