// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/error_label.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

#include "ui/common/theme.h"

namespace mantissa::ui {

ErrorLabel::ErrorLabel(QWidget* parent)
    : QFrame(parent), m_icon(new QLabel(this)), m_text(new QLabel(this)) {
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::RichText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* row = new QHBoxLayout(this);
    const int margin = fontMetrics().height() / 3;
    row->setContentsMargins(margin, margin, margin, margin);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addWidget(m_text, 1);
    hide();
}

void ErrorLabel::setError(const std::optional<Error>& error) {
    if (!error) {
        setWarning(QString());
        return;
    }
    const auto escaped = [](const std::string& text) {
        return QString::fromStdString(text).toHtmlEscaped();
    };
    QString rich = QStringLiteral("<b>") + escaped(error->message) + QStringLiteral("</b>");
    if (!error->where.empty()) {
        rich = escaped(error->where) + QStringLiteral(": ") + rich;
    }
    if (!error->hint.empty()) {
        rich += QStringLiteral("<br>") + escaped(error->hint);
    }
    show(errorIcon(this), QString::fromStdString(error->text()), rich);
}

void ErrorLabel::setWarning(const QString& text) {
    show(warningIcon(this), text,
         text.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>")));
}

QString ErrorLabel::text() const {
    return m_plain;
}

void ErrorLabel::show(const QIcon& icon, const QString& plain, const QString& rich) {
    if (m_plain == plain) {
        return;
    }
    m_plain = plain;
    const int side = fontMetrics().height();
    m_icon->setPixmap(icon.pixmap(QSize(side, side), devicePixelRatioF()));
    m_text->setText(rich);
    setAccessibleName(plain);
    m_text->setAccessibleName(plain);
    setVisible(!plain.isEmpty());
}

void ErrorLabel::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(errorGround(palette()));
    painter.setPen(errorColour(palette()));
    const double radius = fontMetrics().height() / 5.0;
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    QFrame::paintEvent(event);
}

}  // namespace mantissa::ui
