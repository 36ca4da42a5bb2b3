// SPDX-License-Identifier: GPL-3.0-or-later
// One undo step: the design before and after. Unchanged parts are shared, so it is small.
#pragma once

#include <QUndoCommand>
#include <functional>

#include "ui/common/design_edit.h"

namespace mantissa::app {

/// Edits of one gesture on one parameter merge into one step; a step that ends where it began
/// vanishes.
class EditCommand : public QUndoCommand {
public:
    using Apply = std::function<void(const design::DesignPoint&)>;

    EditCommand(design::DesignPoint before, const ui::DesignEdit& edit, Apply apply);

    int id() const override;
    bool mergeWith(const QUndoCommand* other) override;
    void undo() override;
    void redo() override;

private:
    design::DesignPoint m_before;
    design::DesignPoint m_after;
    QString m_parameter;
    quint64 m_gesture;
    Apply m_apply;
};

}  // namespace mantissa::app
