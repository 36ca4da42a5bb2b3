// SPDX-License-Identifier: GPL-3.0-or-later
// What a panel owes its own end.
#pragma once

#include <QObject>

namespace mantissa::ui {

/// For the destructor of a panel whose slots use members that go before its child widgets: a line
/// edit that has the focus still finishes editing as it goes.
inline void disconnectChildren(QObject& panel) {
    for (auto* child : panel.findChildren<QObject*>()) {
        QObject::disconnect(child, nullptr, &panel, nullptr);
    }
}

}  // namespace mantissa::ui
