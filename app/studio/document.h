// SPDX-License-Identifier: GPL-3.0-or-later
// The design being edited: its history, its file and its FP32 baseline.
#pragma once

#include <QObject>
#include <QString>
#include <QUndoStack>

#include "core/design/design_point.h"
#include "core/error.h"
#include "ui/common/design_edit.h"

namespace mantissa::app {

class Document : public QObject {
    Q_OBJECT

public:
    explicit Document(QObject* parent = nullptr);

    const design::DesignPoint& design() const { return m_design; }
    /// The same design with nothing quantised: what every point is held against.
    design::DesignPoint baseline() const;
    const QString& file() const { return m_file; }  ///< empty: never saved
    bool isModified() const { return !m_undo.isClean(); }
    QUndoStack* undoStack() { return &m_undo; }

    /// Pushes an undo step, or merges it into the last one of the same gesture.
    void apply(const ui::DesignEdit& edit);
    /// Replaces the document; the history is cleared. `file` empty: an untitled copy.
    void open(const design::DesignPoint& design, const QString& file);
    Result<void> openFile(const QString& file);
    /// Atomic; the history stays.
    Result<void> saveFile(const QString& file);

signals:
    void designChanged();
    void fileChanged();

private:
    void show(const design::DesignPoint& design);

    design::DesignPoint m_design;
    QString m_file;
    QUndoStack m_undo;
};

}  // namespace mantissa::app
