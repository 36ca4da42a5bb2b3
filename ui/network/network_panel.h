// SPDX-License-Identifier: GPL-3.0-or-later
// The layer list: add, remove, reorder, edit; shapes shown, wrong shapes marked at once.
#pragma once

#include <QWidget>
#include <memory>

#include "core/design/design_point.h"
#include "ui/common/design_edit.h"

namespace mantissa::ui {

class NetworkPanel : public QWidget {
    Q_OBJECT

public:
    explicit NetworkPanel(QWidget* parent = nullptr);
    ~NetworkPanel() override;

    /// Shows this design; keeps selection and focus where the layers still exist.
    void setDesign(const design::DesignPoint& design);
    QString selectedLayer() const;

public slots:
    void selectLayer(const QString& name);

signals:
    void editRequested(const mantissa::ui::DesignEdit& edit);
    void layerSelected(const QString& name);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace mantissa::ui
