// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing of a system's dataflow, as wide as there is room.
#pragma once

#include <QWidget>
#include <memory>

#include "core/systems/system.h"

class QSvgRenderer;

namespace mantissa::ui {

class DataflowView : public QWidget {
    Q_OBJECT

public:
    explicit DataflowView(QWidget* parent = nullptr);
    ~DataflowView() override;

    void setDataflow(const systems::Dataflow& flow, const QString& title);

    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::unique_ptr<QSvgRenderer> m_drawing;
};

}  // namespace mantissa::ui
