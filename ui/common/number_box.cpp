// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/number_box.h"

#include <QLineEdit>
#include <QStyle>
#include <QStyleOptionSpinBox>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/common/text.h"
#include "ui/common/theme.h"

namespace mantissa::ui {
namespace {

/// QDoubleSpinBox rounds to a fixed number of decimals; this many keep every setting exact.
constexpr int kDecimals = 20;

QLocale plainLocale(const QLocale& locale) {
    QLocale plain = locale;
    plain.setNumberOptions(QLocale::OmitGroupSeparator);
    return plain;
}

/// `steps` powers of two up or down from `value`; from between two powers first to the next one.
double stepPowerOfTwo(double value, int steps) {
    const double exponent = std::log2(std::max(value, 1.0));
    const double start = steps > 0 ? std::floor(exponent) : std::ceil(exponent);
    return std::exp2(start + steps);
}

double stepReal(const ParamSpec& spec, double value, int steps) {
    const double reference =
        value != 0 ? std::abs(value)
                   : (spec.defaultValue != 0 ? std::abs(spec.defaultValue) : spec.maximum / 100);
    const double step = std::pow(10.0, std::floor(std::log10(reference)) - 1);
    return std::round((value + steps * step) / step) * step;
}

}  // namespace

int coarseStep(const ParamSpec& spec) {
    const double eighth = (spec.maximum - spec.minimum) / 8;
    return eighth <= 2 ? 2
                       : static_cast<int>(std::exp2(std::floor(std::log2(std::min(eighth, 1e6)))));
}

NumberBox::NumberBox(const ParamSpec& spec, QWidget* parent)
    : QDoubleSpinBox(parent), m_spec(spec) {
    setDecimals(spec.kind == ParamKind::Real ? kDecimals : 0);
    setRange(spec.minimum, spec.maximum);
    setKeyboardTracking(false);
    setCorrectionMode(QAbstractSpinBox::CorrectToPreviousValue);
    setAlignment(Qt::AlignRight);
    if (!spec.unit.empty()) {
        setSuffix(QStringLiteral(" ") + toQt(spec.unit));
    }
    if (!spec.zeroText.empty() && spec.minimum == 0) {
        setSpecialValueText(toQt(spec.zeroText));
    }
    setFocusPolicy(Qt::StrongFocus);
    ignoreWheelUnlessFocused(this);
    setValue(spec.defaultValue);
}

void NumberBox::stepBy(int steps) {
    interpretText();
    double next = 0;
    const bool coarse = std::abs(steps) == 10;  // PgUp and PgDn arrive as ten steps
    if (value() == 0 && steps > 0 && m_spec.leastAmount > 0) {
        next = m_spec.leastAmount;
    } else if (m_spec.powersOfTwo) {
        next = stepPowerOfTwo(value(), coarse ? steps / 5 : steps);
    } else if (m_spec.kind == ParamKind::Real) {
        next = stepReal(m_spec, value(), steps);
    } else {
        next = value() + (coarse ? (steps > 0 ? 1 : -1) * coarseStep(m_spec) : steps);
    }
    if (tooLittle(m_spec, next)) {
        next = steps > 0 ? m_spec.leastAmount : minimum();
    }
    setValue(std::clamp(next, minimum(), maximum()));
    selectAll();
}

QString NumberBox::textFromValue(double value) const {
    const QLocale plain = plainLocale(locale());
    return m_spec.kind == ParamKind::Real
               ? plain.toString(value, 'g', QLocale::FloatingPointShortest)
               : plain.toString(value, 'f', 0);
}

double NumberBox::valueFromText(const QString& text) const {
    if (!specialValueText().isEmpty() && bare(text) == specialValueText()) {
        return minimum();
    }
    bool ok = false;
    const double value = locale().toDouble(bare(text), &ok);
    return ok ? value : this->value();
}

QValidator::State NumberBox::validate(QString& input, int& position) const {
    Q_UNUSED(position)
    const QString text = bare(input);
    if (!specialValueText().isEmpty() && specialValueText().startsWith(text)) {
        return text == specialValueText() ? QValidator::Acceptable : QValidator::Intermediate;
    }
    bool ok = false;
    const double value = locale().toDouble(text, &ok);
    if (ok) {
        const bool whole = m_spec.kind == ParamKind::Real || value == std::floor(value);
        return whole && !tooLittle(m_spec, value) && value >= minimum() && value <= maximum()
                   ? QValidator::Acceptable
                   : QValidator::Intermediate;
    }
    const QString allowed = locale().decimalPoint() + locale().negativeSign() +
                            locale().positiveSign() + locale().exponential() +
                            QStringLiteral("eE-+");
    const bool plausible = std::all_of(text.cbegin(), text.cend(), [&](QChar letter) {
        return letter.isDigit() || allowed.contains(letter);
    });
    return plausible ? QValidator::Intermediate : QValidator::Invalid;
}

void NumberBox::fixup(QString& input) const {
    const QString text = bare(input);
    ParamSpec allowed = m_spec;
    allowed.minimum = minimum();
    allowed.maximum = maximum();
    QToolTip::showText(
        mapToGlobal(rect().bottomLeft()),
        tr("%1 is not allowed (%2): %3 stays.")
            .arg(text.isEmpty() ? tr("An empty text") : QChar(0x201C) + text + QChar(0x201D),
                 QString::fromStdString(rangeText(allowed)), toQt(paramText(m_spec, value()))));
}

QSize NumberBox::sizeHint() const {
    // Wide enough for any value of the range in its usual spelling, not for twenty decimals.
    const int characters =
        m_spec.kind == ParamKind::Real
            ? 7
            : static_cast<int>(std::max(textFromValue(minimum()).size(),
                                        textFromValue(std::min(maximum(), 1e6)).size()));
    QStyleOptionSpinBox option;
    initStyleOption(&option);
    const int widest = std::max(fontMetrics().horizontalAdvance(
                                    QString(std::max(3, characters), QLatin1Char('0')) + suffix()),
                                fontMetrics().horizontalAdvance(specialValueText()));
    const QSize text(widest + fontMetrics().averageCharWidth(), lineEdit()->sizeHint().height());
    return style()->sizeFromContents(QStyle::CT_SpinBox, &option, text, this);
}

QSize NumberBox::minimumSizeHint() const {
    return sizeHint();
}

QString NumberBox::bare(const QString& text) const {
    QString number = text;
    if (!suffix().isEmpty() && number.endsWith(suffix())) {
        number.chop(suffix().size());
    }
    return number.trimmed();
}

}  // namespace mantissa::ui
