// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/edit_command.h"

#include <utility>

namespace mantissa::app {

EditCommand::EditCommand(design::DesignPoint before, const ui::DesignEdit& edit, Apply apply)
    : QUndoCommand(edit.text),
      m_before(std::move(before)),
      m_after(edit.after),
      m_parameter(edit.parameter),
      m_gesture(edit.gesture),
      m_apply(std::move(apply)) {}

int EditCommand::id() const {
    return 1;
}

bool EditCommand::mergeWith(const QUndoCommand* other) {
    const auto* next = dynamic_cast<const EditCommand*>(other);
    if (next == nullptr || next->m_gesture == 0 || next->m_gesture != m_gesture ||
        next->m_parameter != m_parameter) {
        return false;
    }
    m_after = next->m_after;
    setText(next->text());
    setObsolete(m_after == m_before);
    return true;
}

void EditCommand::undo() {
    m_apply(m_before);
}

void EditCommand::redo() {
    m_apply(m_after);
}

}  // namespace mantissa::app
