// SPDX-License-Identifier: GPL-3.0-or-later
// A precision panel under test, and what its tests ask of it.
#pragma once

#include <QComboBox>
#include <QFont>
#include <QPushButton>
#include <QTableView>
#include <utility>
#include <vector>

#include "ui/common/bit_width_control.h"
#include "ui/precision/precision_panel.h"

namespace mantissa::ui {

using design::DesignPoint;
using design::Pass;
using design::Role;

inline const design::RoleKey kWeight{Role::Weight, std::nullopt};

inline numerics::TensorFormat formatOf(const char* text) {
    numerics::TensorFormat format;
    format.format = numerics::parseFormat(text).value();
    return format;
}

inline DesignPoint withDefault(const DesignPoint& design, const char* format) {
    return design.withPrecision(
        design::withFormat(design.precision(), {}, kWeight, formatOf(format)));
}

/// A panel whose requests are granted at once, as the document does.
struct Bench {
    PrecisionPanel panel;
    DesignPoint baseline;
    DesignPoint design;
    std::vector<DesignEdit> edits;

    explicit Bench(DesignPoint start = {}) : design(std::move(start)) {
        panel.setDesign(design, baseline);
        QObject::connect(&panel, &PrecisionPanel::editRequested, &panel,
                         [this](const DesignEdit& e) {
                             edits.push_back(e);
                             design = e.after;
                             panel.setDesign(design, baseline);
                         });
        panel.resize(500, 800);
        panel.show();
        panel.activateWindow();
    }
    QTableView* matrix() { return panel.findChild<QTableView*>(QStringLiteral("matrix")); }
    QAbstractItemModel* model() { return matrix()->model(); }
    QComboBox* combo(const char* name) { return panel.findChild<QComboBox*>(QLatin1String(name)); }
    QPushButton* inherit() { return panel.findChild<QPushButton*>(QStringLiteral("inherit")); }
    BitWidthControl* slider(const char* name) {
        for (auto* one : panel.findChildren<BitWidthControl*>(QLatin1String(name))) {
            if (one->isVisible()) {
                return one;
            }
        }
        return nullptr;
    }
    bool isBold(int row, int column) {
        return model()->index(row, column).data(Qt::FontRole).value<QFont>().bold();
    }
    void choosePreset(const QString& label) {
        auto* preset = combo("preset");
        preset->setCurrentIndex(preset->findText(label));
        emit preset->activated(preset->currentIndex());
    }
};

}  // namespace mantissa::ui
