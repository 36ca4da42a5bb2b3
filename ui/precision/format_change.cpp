// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/format_change.h"

#include <QCoreApplication>

#include "ui/common/text.h"
#include "ui/precision/format_text.h"

namespace mantissa::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(mantissa::ui::FormatEditor)
};

}  // namespace

Result<numerics::TensorFormat> applied(const FormatChange& change,
                                       const numerics::TensorFormat& format,
                                       numerics::TensorUse use) {
    return change.apply(format, use)
        .and_then([](const numerics::TensorFormat& after) -> Result<numerics::TensorFormat> {
            if (const auto valid = numerics::validate(after.format); !valid) {
                return tl::unexpected(valid.error());
            }
            return after;
        });
}

FormatChange formatChange(const numerics::Format& format, const QString& label) {
    return {[format](numerics::TensorFormat cell, numerics::TensorUse) {
                cell.format = format;
                return cell;
            },
            Text::tr("format"), label, QStringLiteral("format")};
}

FormatChange roundingChange(numerics::Rounding rounding) {
    return {[rounding](numerics::TensorFormat cell, numerics::TensorUse) {
                cell.rounding = rounding;
                return cell;
            },
            Text::tr("rounding"), roundingLabel(rounding).toLower(), QStringLiteral("rounding")};
}

FormatChange randomBitsChange(int bits) {
    return {[bits](numerics::TensorFormat cell, numerics::TensorUse) {
                cell.randomBits = bits;
                return cell;
            },
            Text::tr("random bits"), QString::number(bits), QStringLiteral("random_bits")};
}

FormatChange parameterChange(const Param<numerics::Format>& param, double value,
                             const numerics::Format& shown) {
    return {[&param, value, shown](numerics::TensorFormat cell, numerics::TensorUse) {
                if (cell.format.index() != shown.index()) {
                    cell.format = shown;
                }
                param.set(cell.format, value);
                return cell;
            },
            toQt(param.spec.label).toLower(), choiceText(paramText(param.spec, value)),
            toQt(param.spec.id)};
}

FormatChange conventionChange(const numerics::Convention& convention) {
    return {[&convention](const numerics::TensorFormat& cell, numerics::TensorUse use) {
                return numerics::adopt(convention, cell, use);
            },
            Text::tr("convention"), toQt(convention.label), QStringLiteral("convention")};
}

}  // namespace mantissa::ui
