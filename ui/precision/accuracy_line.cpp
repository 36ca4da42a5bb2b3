// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/accuracy_line.h"

#include <QLocale>

#include "ui/common/number_text.h"
#include "ui/common/text.h"

namespace mantissa::ui {

AccuracyLine::AccuracyLine(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::RichText);
    setWordWrap(true);
    setToolTip(
        tr("Measured: the weights at the end of the last run, evaluated on the test set under the "
           "formats as they are now. Training with these formats can end higher or lower: backward "
           "passes and stored copies have no part in this figure."));
    hide();
}

void AccuracyLine::setAccuracy(const AccuracyWithoutRetraining& accuracy) {
    const QLocale locale;
    const double points = 100 * (accuracy.accuracy - accuracy.asTrained);
    QString text =
        tr("<b>%1 %</b> without retraining").arg(locale.toString(100 * accuracy.accuracy, 'f', 2));
    const QString sign = points > 0 ? QStringLiteral("+") : QString();
    text += points == 0 ? tr(", ±0 points")
                        : tr(", %1 points").arg(sign + locale.toString(points, 'f', 2));
    text += accuracy.allImages ? tr(" · all %1 test images").arg(integerText(accuracy.images))
                               : tr(" · first %1 test images…").arg(integerText(accuracy.images));
    text += tr(" · weights of %1").arg(accuracy.trained.toHtmlEscaped());
    setText(text);
    setEnabled(true);
    show();
}

void AccuracyLine::setProblem(const Error& error) {
    setText(tr("No accuracy without retraining: %1").arg(toQt(error.text()).toHtmlEscaped()));
    setEnabled(false);
    show();
}

}  // namespace mantissa::ui
