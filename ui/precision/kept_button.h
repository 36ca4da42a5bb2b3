// SPDX-License-Identifier: GPL-3.0-or-later
// The skip list of a plan: which layers keep a format of their own, and which.
#pragma once

#include <QToolButton>
#include <vector>

#include "core/design/kept_layers.h"

class QActionGroup;

namespace mantissa::ui {

/// A menu with a check mark for each kind of kept layer and a choice of formats.
class KeptButton : public QToolButton {
    Q_OBJECT

public:
    explicit KeptButton(QWidget* parent = nullptr);

    void setKept(const design::KeptLayers& kept);  ///< of the model: emits nothing
    const design::KeptLayers& kept() const { return m_kept; }

signals:
    void edited();  ///< kept() is what the user wants

private:
    void addFormat(const numerics::TensorFormat& format);
    void show();

    design::KeptLayers m_kept;
    std::vector<QAction*> m_layers;  ///< one for each of design::keptKinds()
    QActionGroup* m_formats = nullptr;
    std::vector<numerics::TensorFormat> m_choices;  ///< of m_formats
};

}  // namespace mantissa::ui
