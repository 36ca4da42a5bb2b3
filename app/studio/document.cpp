// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/document.h"

#include <algorithm>

#include "app/studio/edit_command.h"
#include "core/design/design_json.h"

namespace mantissa::app {

Document::Document(QObject* parent) : QObject(parent) {}

design::DesignPoint Document::baseline() const {
    const auto resolved = design::resolvePrecision(m_design.precision(), m_design.network());
    if (std::all_of(resolved.begin(), resolved.end(),
                    [](const auto& layer) { return layer == nn::LayerPrecision{}; })) {
        return m_design;  // it is its own baseline, under its own name
    }
    // A plan without entries resolves to FP32 everywhere.
    return m_design.withPrecision({})
        .withName("FP32 baseline: " + m_design.name())
        .withNote("The same network, recipe and hardware with every tensor in FP32.");
}

void Document::apply(const ui::DesignEdit& edit) {
    if (edit.after == m_design) {
        return;
    }
    m_undo.push(new EditCommand(m_design, edit,
                                [this](const design::DesignPoint& design) { show(design); }));
}

void Document::open(const design::DesignPoint& design, const QString& file) {
    m_undo.clear();
    m_file = file;
    show(design);
    emit fileChanged();
}

Result<void> Document::openFile(const QString& file) {
    auto design = design::readDesignFile(file.toStdString());
    if (!design) {
        return tl::unexpected(design.error());
    }
    open(*design, file);
    return {};
}

Result<void> Document::saveFile(const QString& file) {
    if (auto written = design::writeDesignFile(m_design, file.toStdString()); !written) {
        return written;
    }
    m_file = file;
    m_undo.setClean();
    emit fileChanged();
    return {};
}

void Document::show(const design::DesignPoint& design) {
    m_design = design;
    emit designChanged();
}

}  // namespace mantissa::app
