// SPDX-License-Identifier: GPL-3.0-or-later
// What a user changed of a format, to be applied to each selected tensor.
#pragma once

#include <QString>
#include <functional>

#include "core/numerics/convention.h"
#include "core/numerics/registry.h"

namespace mantissa::ui {

/// A parameter keeps the rest of the tensor's own format, where it is of the same family.
struct FormatChange {
    std::function<Result<numerics::TensorFormat>(numerics::TensorFormat, numerics::TensorUse)>
        apply;
    QString what;   ///< "mantissa bits", for the undo text
    QString value;  ///< "4"
    QString id;     ///< "man"
};

/// The format as changed, if it is a legal one.
Result<numerics::TensorFormat> applied(const FormatChange& change,
                                       const numerics::TensorFormat& format,
                                       numerics::TensorUse use = numerics::TensorUse::Operand);

/// Another format under the rounding that is set.
FormatChange formatChange(const numerics::Format& format, const QString& label);
FormatChange roundingChange(numerics::Rounding rounding);
FormatChange randomBitsChange(int bits);
/// One parameter; a cell of another family than `shown` becomes `shown` first.
FormatChange parameterChange(const Param<numerics::Format>& param, double value,
                             const numerics::Format& shown);
/// Everything that the system fixes; the widths stay.
FormatChange conventionChange(const numerics::Convention& convention);

}  // namespace mantissa::ui
