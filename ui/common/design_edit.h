// SPDX-License-Identifier: GPL-3.0-or-later
// What a panel asks for when the user changes something. The document decides and pushes the undo
// step.
#pragma once

#include <QMetaType>
#include <QString>

#include "core/design/design_point.h"

namespace mantissa::ui {

struct DesignEdit {
    design::DesignPoint after;
    QString text;         ///< undo text, e.g. "Set mantissa bits of conv2 weight to 4"
    QString parameter;    ///< what is edited, e.g. "/precision/layers/conv2/weight#mantissa"
    quint64 gesture = 0;  ///< edits of one drag or one typing share it, and become one undo step
};

/// A number no gesture had before. Panels draw one at slider press, focus in or click.
quint64 nextGesture();

}  // namespace mantissa::ui

Q_DECLARE_METATYPE(mantissa::ui::DesignEdit)
